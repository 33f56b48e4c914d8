import type { AuditStore } from "../../core/audit-store.ts";
import {
  type ClosedSegment,
  closedSegments,
  type SegmentEnds,
  segmentEnds,
} from "../segments/closed-segments.ts";

/** A segment that has left its retention, with its ends. */
export interface ExpiredSegment extends ClosedSegment, SegmentEnds {}

/** How far back it is kept, and when it is. */
export interface RetentionMoment {
  readonly nowEpochMs: number;
  readonly cutoffEpochMs: number;
}

/**
 * Closed segments whose last record is older than the cutoff, the oldest first, and each chain's in their order: what is left
 * of a chain has no gaps. The last segment of a chain goes too, when its process has ended long ago.
 */
export async function* expiredSegments(
  store: AuditStore,
  { nowEpochMs, cutoffEpochMs }: RetentionMoment,
): AsyncGenerator<ExpiredSegment> {
  const kept = new Set<string>();
  for (const segment of await closedSegments(store, nowEpochMs)) {
    const { writer, startEpochMs } = segment.row;
    if (startEpochMs >= cutoffEpochMs) break;
    if (kept.has(writer)) continue;
    const ends = await segmentEnds(store, segment);
    if (ends && ends.lastRecord.epochMs < cutoffEpochMs) yield { ...segment, ...ends };
    else kept.add(writer);
  }
}
