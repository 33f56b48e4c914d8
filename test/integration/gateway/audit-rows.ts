import type { DatabaseSync } from "node:sqlite";
import type { AuditRows } from "../../fakes/memory-audit-store.ts";

type Change = (
  put: "DELETE" | "INSERT",
  row: never,
) => readonly [sql: string, ...values: unknown[]];

const uuid = (id: string) => (id === "" ? null : Buffer.from(id.replaceAll("-", ""), "hex"));
const id = "(((SELECT id FROM writer WHERE uuid = ?) << 40) | ?)";
const writer = "(SELECT id FROM writer WHERE uuid = ?)";

const changes: Readonly<Record<keyof AuditRows, Change>> = {
  records: (put, row: AuditRows["records"][number]) =>
    put === "DELETE"
      ? [`DELETE FROM record WHERE id = ${id}`, row.writer, row.sequence]
      : [
          `INSERT OR REPLACE INTO record VALUES (${id}, ?, ?, ?, ?, ?)`,
          row.writer,
          row.sequence,
          row.segment,
          row.epochMs,
          row.kind,
          uuid(row.requestId),
          row.bytes,
        ],
  heads: (put, row: AuditRows["heads"][number]) =>
    put === "DELETE"
      ? [`DELETE FROM head WHERE id = ${id}`, row.writer, row.number]
      : [
          `INSERT OR REPLACE INTO head VALUES (${id}, ?, ?, ?, ?)`,
          row.writer,
          row.number,
          row.segment,
          row.lastSequence,
          row.epochMs,
          row.bytes,
        ],
  keys: (put, row: AuditRows["keys"][number]) =>
    put === "DELETE"
      ? [
          `DELETE FROM data_key WHERE writer = ${writer} AND segment = ? AND number = ?`,
          row.writer,
          row.segment,
          row.number,
        ]
      : [
          `INSERT OR REPLACE INTO data_key VALUES (${writer}, ?, ?, ?)`,
          row.writer,
          row.segment,
          row.number,
          row.bytes,
        ],
  segments: (put, row: AuditRows["segments"][number]) =>
    put === "DELETE"
      ? [`DELETE FROM segment WHERE writer = ${writer} AND number = ?`, row.writer, row.number]
      : [
          `INSERT OR REPLACE INTO segment (writer, number, first_sequence, start_ms) VALUES (${writer}, ?, ?, ?)`,
          row.writer,
          row.number,
          row.firstSequence,
          row.startEpochMs,
        ],
};

/** Makes a gateway's file say other rows than it said, as somebody with any SQLite could. */
export function putRows(database: DatabaseSync, before: AuditRows, after: AuditRows): void {
  for (const table of Object.keys(changes) as (keyof AuditRows)[]) {
    const [old, now] = [new Set<unknown>(before[table]), new Set<unknown>(after[table])];
    for (const row of old) if (!now.has(row)) run(database, changes[table]("DELETE", row as never));
    for (const row of now) if (!old.has(row)) run(database, changes[table]("INSERT", row as never));
  }
}

function run(database: DatabaseSync, [sql, ...values]: ReturnType<Change>): void {
  database.prepare(sql).run(...(values as (string | number | Buffer | null)[]));
}
