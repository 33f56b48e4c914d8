import type {
  AuditStore,
  StoredHead,
  StoredRecord,
  StoredSegment,
} from "../../core/audit-store.ts";

/** A segment to which nothing is added any more. */
export interface ClosedSegment {
  readonly row: StoredSegment;
  readonly lastSequence: number;
}

/** What a closed segment ends with. */
export interface SegmentEnds {
  readonly lastRecord: StoredRecord;
  readonly lastHead: StoredHead;
}

/** More chains than seven years of daily starts of a large fleet have. */
export const mostChains = 100_000;

/** A process that lives writes twice a day at least. One that was not heard of for so long has ended. */
const endedAfterMs = 2 * 24 * 60 * 60 * 1000;

/** Segments that are closed and not shredded, the oldest first. */
export async function closedSegments(
  store: Pick<AuditStore, "segments" | "lastHeads">,
  nowEpochMs: number,
): Promise<readonly ClosedSegment[]> {
  const heads = await store.lastHeads(mostChains);
  const rows = await store.segments();
  const ends = new Map(heads.map((head) => [head.writer, head]));
  const following = new Map(rows.map((row) => [`${row.writer}/${row.number - 1}`, row]));
  const lastSequenceOf = ({ writer, number }: StoredSegment) => {
    const next = following.get(`${writer}/${number}`);
    if (next) return next.firstSequence - 1;
    const end = ends.get(writer);
    return end && end.epochMs < nowEpochMs - endedAfterMs ? end.lastSequence : undefined;
  };
  return rows
    .filter(({ summary }) => !summary)
    .flatMap((row) => {
      const lastSequence = lastSequenceOf(row);
      return lastSequence === undefined ? [] : [{ row, lastSequence }];
    })
    .sort((a, b) => a.row.startEpochMs - b.row.startEpochMs || a.row.number - b.row.number);
}

/** Undefined where somebody took them away, which a verification names. */
export async function segmentEnds(
  store: Pick<AuditStore, "records" | "headOver">,
  { row, lastSequence }: ClosedSegment,
): Promise<SegmentEnds | undefined> {
  const [lastRecord] = await store.records(row.writer, lastSequence, 1);
  const lastHead = await store.headOver(row.writer, lastSequence);
  return lastRecord?.sequence === lastSequence && lastHead ? { lastRecord, lastHead } : undefined;
}
