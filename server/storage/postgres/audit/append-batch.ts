import type { AuditBatch } from "../../../core/audit-store.ts";
import type { PreparedStatement, Query } from "../database.ts";

/**
 * One statement is one transaction: where the head is there already, nothing else is written either. To plan it costs the
 * database as much as to run it.
 */
const statement: PreparedStatement = {
  name: "axonflow_audit_append",
  text: `
  WITH head AS (
    INSERT INTO axonflow.audit_head VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT DO NOTHING RETURNING writer
  ), segment AS (
    INSERT INTO axonflow.audit_segment (writer, number, first_sequence, start_ms)
    SELECT writer, $7::bigint, $8::bigint, $9::bigint FROM head WHERE $7::bigint IS NOT NULL
  ), key AS (
    INSERT INTO axonflow.audit_key
    SELECT writer, key.* FROM head, unnest($10::bigint[], $11::bigint[], $12::bytea[]) AS key
  ), record AS (
    INSERT INTO axonflow.audit_record
    SELECT writer, sequence, segment, epoch_ms, kind, request,
      substring($13::bytea FROM start FOR length)
    FROM head, unnest($14::bigint[], $15::bigint[], $16::bigint[], $17::smallint[], $18::uuid[],
      $19::integer[], $20::integer[])
      AS record (sequence, segment, epoch_ms, kind, request, start, length)
  )
  SELECT count(*)::integer AS count FROM head`,
};

/**
 * Writes a batch, unless its head is there already. All records' bytes go as one value: as many would be sent as
 * hexadecimal digits.
 */
export async function appendBatch(query: Query, batch: AuditBatch): Promise<void> {
  const [row] = await query<{ count: number }>(statement, valuesOf(batch));
  if (row?.count === 0) await confirm(query, batch);
}

function valuesOf({ writer, begins, keys, records, head }: AuditBatch): readonly unknown[] {
  let end = 1;
  const starts = records.map(({ bytes }) => {
    end += bytes.length;
    return end - bytes.length;
  });
  return [
    writer,
    head.number,
    head.segment,
    head.lastSequence,
    head.epochMs,
    head.bytes,
    begins?.number ?? null,
    begins?.firstSequence ?? null,
    begins?.startEpochMs ?? null,
    keys.map(({ segment }) => segment),
    keys.map(({ number }) => number),
    keys.map(({ bytes }) => bytes),
    Buffer.concat(records.map(({ bytes }) => bytes)),
    listOf(records, ({ sequence }) => sequence),
    listOf(records, ({ segment }) => segment),
    listOf(records, ({ epochMs }) => epochMs),
    listOf(records, ({ kind }) => kind),
    listOf(records, ({ requestId }) => requestId || null),
    listOf(starts, (start) => start),
    listOf(records, ({ bytes }) => bytes.length),
  ];
}

/** PostgreSQL's text of an array. Numbers and UUIDs need none of the care that the driver takes of each element. */
function listOf<Row>(
  rows: readonly Row[],
  elementOf: (row: Row) => number | string | null,
): string {
  return `{${rows.map((row) => elementOf(row) ?? "NULL").join(",")}}`;
}

/**
 * The head is there, but what wrote it may have ended before a standby had it. It is written once more, as it is: whoever
 * waits for that write waits for all before it.
 */
async function confirm(query: Query, { head }: AuditBatch): Promise<void> {
  const [row] = await query<{ bytes: Buffer }>(
    `UPDATE axonflow.audit_head SET bytes = bytes
     WHERE writer = $1 AND number = $2 AND epoch_ms = $3 RETURNING bytes`,
    [head.writer, head.number, head.epochMs],
  );
  if (!row?.bytes.equals(head.bytes)) {
    throw new Error("Another head of this chain and number is in the log.");
  }
}
