import type { DatabaseSync } from "node:sqlite";

/** Reads every table and index where it will be written next, so that damage there shows at the start. */
export function touchEnds(database: DatabaseSync): void {
  for (const statement of [
    "SELECT max(uuid) FROM writer",
    "SELECT count(*), max(length(summary)) FROM segment",
    "SELECT max(length(bytes)) FROM (SELECT bytes FROM data_key ORDER BY writer DESC, segment DESC LIMIT 10)",
    "SELECT bytes FROM head ORDER BY id DESC LIMIT 1",
    "SELECT bytes FROM record ORDER BY id DESC LIMIT 1",
    "SELECT max(epoch_ms) FROM record INDEXED BY record_by_time",
    "SELECT max(kind) FROM record INDEXED BY record_by_rare_kind WHERE kind NOT BETWEEN 10 AND 19",
    "SELECT max(request) FROM record INDEXED BY record_by_request WHERE request IS NOT NULL",
  ]) {
    database.prepare(statement).get();
  }
}
