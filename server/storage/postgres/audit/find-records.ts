import type { AuditQuery, StoredRecord } from "../../../core/audit-store.ts";
import type { Query } from "../database.ts";
import { monthOf } from "./months.ts";
import { type RecordRow, recordOf } from "./stored-rows.ts";

/** One answer holds no more bytes, but for its first row. */
const mostBytes = 16 * 1024 * 1024;

const newestFirst = "ORDER BY epoch_ms DESC, writer DESC, sequence DESC";

/** The first rows of a statement that are not too many bytes for one answer. */
export function withinAnswer(statement: string, order: string): string {
  return `SELECT * FROM (
    SELECT row.*, sum(octet_length(bytes)) OVER (${order}) AS total FROM (${statement}) AS row
  ) AS row WHERE total <= greatest(${mostBytes}, octet_length(bytes)) ${order}`;
}

/** Records of all chains, the newest first. */
export async function findRecords(query: Query, asked: AuditQuery): Promise<StoredRecord[]> {
  const { fromEpochMs, toEpochMs, kinds, requestId, after, limit } = asked;
  if (fromEpochMs >= toEpochMs || limit <= 0) return [];
  const until = after ? Math.min(toEpochMs, after.epochMs + 1) : toEpochMs;
  const values = [fromEpochMs, until, after?.epochMs, after?.writer, after?.sequence, limit];
  const rows =
    requestId === undefined
      ? await query<RecordRow>(byKind, [
          ...values,
          kinds ?? (await kindsWithin(query, fromEpochMs, until)),
        ])
      : await query<RecordRow>(byRequest, [...values, kinds, requestId]);
  return rows.map(recordOf);
}

const within = `epoch_ms >= $1::bigint AND epoch_ms < $2::bigint
  AND ($3::bigint IS NULL OR (epoch_ms, writer, sequence) < ($3, $4::uuid, $5::bigint))`;

/** Each kind has its own part of the index, in the order of time. */
const byKind = withinAnswer(
  `SELECT record.* FROM unnest($7::smallint[]) AS asked CROSS JOIN LATERAL (
     SELECT * FROM axonflow.audit_record WHERE kind = asked AND ${within} ${newestFirst} LIMIT $6
   ) AS record ${newestFirst} LIMIT $6`,
  newestFirst,
);

const byRequest = withinAnswer(
  `SELECT * FROM axonflow.audit_record
   WHERE request = $8::uuid AND ($7::smallint[] IS NULL OR kind = ANY ($7)) AND ${within} ${newestFirst} LIMIT $6`,
  newestFirst,
);

/** From one kind to the next, as the index has them. Whole months, because within them it is not ordered by time alone. */
async function kindsWithin(query: Query, fromMs: number, toMs: number): Promise<number[]> {
  const next = (condition: string) =>
    `SELECT min(kind) FROM axonflow.audit_record
     WHERE epoch_ms >= $1::bigint AND epoch_ms < $2::bigint AND ${condition}`;
  const rows = await query<{ kind: number }>(
    `WITH RECURSIVE known (kind) AS (
       ${next("true")} UNION ALL SELECT (${next("kind > known.kind")}) FROM known WHERE kind IS NOT NULL
     ) SELECT kind FROM known WHERE kind IS NOT NULL`,
    [monthOf(clamp(fromMs)).startMs, monthOf(clamp(toMs)).endMs],
  );
  return rows.map(({ kind }) => kind);
}

/** Years that have four digits. */
function clamp(epochMs: number): number {
  return Math.min(Math.max(epochMs, 0), Date.UTC(9999, 10));
}
