import type { Database } from "../database.ts";

/** Keeps the summary of a segment and drops its keys, once. */
export async function shred(
  { query }: Pick<Database, "query">,
  writer: string,
  segment: number,
  summary: Buffer,
): Promise<void> {
  const dropped = await query(
    `WITH shredded AS (
       UPDATE axonflow.audit_segment SET summary = $3
       WHERE writer = $1 AND number = $2 AND summary IS NULL RETURNING writer, number
     )
     DELETE FROM axonflow.audit_key AS key USING shredded
     WHERE key.writer = shredded.writer AND key.segment = shredded.number RETURNING 1`,
    [writer, segment, summary],
  );
  // Takes the deleted rows off their pages, as far as nobody can see them any more.
  if (dropped.length > 0) await query("VACUUM axonflow.audit_key").catch(() => {});
}
