import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "../../thread/transaction.ts";
import { createHeadOver } from "./head-over.ts";
import { idOf } from "./schema.ts";

/** What is appended waits for it, so it takes out no more rows at once. */
const mostAtOnce = 500;

/** Behind the last number of a chain. */
const end = 2 ** 40 - 1;

/** A shredded segment whose records are still there. The next one's first sequence is null where there is none. */
interface Unswept {
  readonly writer: number;
  readonly number: number;
  readonly first: number;
  readonly next: number | null;
}

/** Takes out some records and heads of shredded segments, in one transaction; true while there are more. */
export function createSweep(database: DatabaseSync): () => boolean {
  const unswept = database.prepare(
    `SELECT writer, number, first_sequence AS first,
       (SELECT min(later.first_sequence) FROM segment later
        WHERE later.writer = segment.writer AND later.number > segment.number) AS next
     FROM segment WHERE summary IS NOT NULL AND is_swept = 0 LIMIT 1`,
  );
  const drop = (table: string) =>
    database.prepare(
      `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table}
       WHERE id >= ${idOf("?1", "?2")} AND id < ${idOf("?1", "?3")} AND segment = ?4
       LIMIT ${mostAtOnce})`,
    );
  const dropRecords = drop("record");
  const dropHeads = drop("head");
  const headOver = createHeadOver(database);
  const finish = database.prepare(
    "UPDATE segment SET is_swept = 1 WHERE writer = ? AND number = ?",
  );

  const step = () => {
    const found = unswept.get() as unknown as Unswept | undefined;
    if (!found) return false;
    const { writer, number, first, next } = found;
    const firstHead = headOver(writer, first) ?? end;
    const nextHead = next === null ? end : (headOver(writer, next) ?? end);
    const dropped = [
      dropRecords.run(writer, first, next ?? end, number).changes,
      dropHeads.run(writer, firstHead, nextHead, number).changes,
    ];
    if (dropped.every((changes) => Number(changes) < mostAtOnce)) finish.run(writer, number);
    return true;
  };
  return () => inTransaction(database, step);
}
