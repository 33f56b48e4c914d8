import type {
  AuditStore,
  StoredHead,
  StoredRecord,
  StoredSegment,
} from "../../core/audit-store.ts";

/** A segment that has left its retention, with its ends. */
export interface ExpiredSegment {
  readonly row: StoredSegment;
  readonly lastRecord: StoredRecord;
  readonly lastHead: StoredHead;
}

/** More chains than seven years of daily starts of a large fleet have. */
const mostChains = 100_000;

/**
 * Segments whose last record is older than the cutoff, the oldest first, and each chain's in their order: what is left of a
 * chain has no gaps. The last segment of a chain goes too, when its process has ended long ago.
 */
export async function* expiredSegments(
  store: AuditStore,
  cutoffEpochMs: number,
): AsyncGenerator<ExpiredSegment> {
  const rows = await store.segments();
  const ends = new Map((await store.lastHeads(mostChains)).map((head) => [head.writer, head]));
  const firstLeft = new Map<string, number>();
  for (const { writer, number, summary } of rows) {
    if (!summary && !firstLeft.has(writer)) firstLeft.set(writer, number);
  }
  const begun = rows
    .filter(({ summary, startEpochMs }) => !summary && startEpochMs < cutoffEpochMs)
    .sort((a, b) => a.startEpochMs - b.startEpochMs || a.number - b.number);
  for (const row of begun) {
    const { writer, number } = row;
    if (firstLeft.get(writer) !== number) continue;
    const next = rows.find((other) => other.writer === writer && other.number === number + 1);
    const lastSequence = next ? next.firstSequence - 1 : ends.get(writer)?.lastSequence;
    const expired = await expiredBy(store, { row, lastSequence, cutoffEpochMs });
    if (!expired) continue;
    firstLeft.set(writer, number + 1);
    yield expired;
  }
}

async function expiredBy(
  store: AuditStore,
  {
    row,
    lastSequence,
    cutoffEpochMs,
  }: { row: StoredSegment; lastSequence: number | undefined; cutoffEpochMs: number },
): Promise<ExpiredSegment | undefined> {
  if (lastSequence === undefined) return undefined;
  const [lastRecord] = await store.records(row.writer, lastSequence, 1);
  const lastHead = await store.headOver(row.writer, lastSequence);
  if (lastRecord?.sequence !== lastSequence || !lastHead) return undefined;
  return lastRecord.epochMs < cutoffEpochMs ? { row, lastRecord, lastHead } : undefined;
}
