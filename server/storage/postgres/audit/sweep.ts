import type { Database } from "../database.ts";
import { dropOldestMonth } from "./partitions.ts";

const mostAtOnce = 2000;

interface Unswept {
  readonly writer: string;
  readonly number: bigint;
  readonly start_ms: bigint;
  readonly first_sequence: bigint;
  /** Where the next segment begins; null for the last one. */
  readonly next_sequence: bigint | null;
}

/** Takes a month out that was shredded as a whole, or some rows of a shredded segment; true while there are more. */
export async function sweep(database: Database, nowMs: number): Promise<boolean> {
  if (await dropOldestMonth(database, nowMs)) return true;
  const [found] = await database.query<Unswept>(
    `SELECT writer, number, start_ms, first_sequence,
       (SELECT min(first_sequence) FROM axonflow.audit_segment AS later
        WHERE later.writer = segment.writer AND later.number > segment.number) AS next_sequence
     FROM axonflow.audit_segment AS segment WHERE summary IS NOT NULL AND NOT is_swept LIMIT 1`,
  );
  if (!found) return false;
  await sweepRows(database, found);
  return true;
}

async function sweepRows({ query }: Database, found: Unswept): Promise<void> {
  const { writer, number, start_ms, first_sequence, next_sequence } = found;
  const range = [writer, number, start_ms, first_sequence, next_sequence];
  const dropped = [
    await query(dropping("audit_record", "sequence", "sequence"), range),
    await query(dropping("audit_head", "number", "last_sequence"), range),
  ];
  if (dropped.some(({ length }) => length === mostAtOnce)) return;
  await query(
    "UPDATE axonflow.audit_segment SET is_swept = true WHERE writer = $1 AND number = $2",
    [writer, number],
  );
}

/** Rows that another gateway takes out at the same moment are not waited for. */
function dropping(table: string, key: string, sequence: string): string {
  return `DELETE FROM axonflow.${table} AS row USING (
      SELECT writer, ${key}, epoch_ms FROM axonflow.${table}
      WHERE writer = $1 AND segment = $2 AND epoch_ms >= $3
        AND ${sequence} >= $4 AND (${sequence} < $5 OR $5 IS NULL)
      ORDER BY ${sequence} LIMIT ${mostAtOnce} FOR UPDATE SKIP LOCKED
    ) AS gone
    WHERE row.writer = gone.writer AND row.${key} = gone.${key} AND row.epoch_ms = gone.epoch_ms
    RETURNING 1`;
}
