import type { AuditStore } from "../../core/audit-store.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import {
  type ClosedSegment,
  closedSegments,
  type SegmentEnds,
  segmentEnds,
} from "../segments/closed-segments.ts";
import { type Anchors, createAnchors } from "./anchors.ts";
import type { Archive } from "./archive.ts";
import { archiveSegment } from "./archive-segment.ts";
import { type ArchivedSegments, readArchivedSegments } from "./archived-segments.ts";

/** Copies the log to an archive: signed heads each minute, and segments when they are closed. */
export interface Archiver {
  /** Copies what is closed and has no copy yet. Rejects at the first segment that cannot be copied. */
  run(): Promise<void>;
  /** Which segments have a copy. */
  archived(): Promise<ArchivedSegments>;
  /** The address of a segment's copy, which is made now where there is none. */
  copyOf(segment: ClosedSegment & SegmentEnds): Promise<string>;
  readonly anchors: Anchors;
  /** Puts the last anchor there. */
  close(): Promise<void>;
}

export interface ArchiverOptions {
  /** The UUID of this process's chain. */
  readonly writer: string;
  readonly store: AuditStore;
  readonly archive: Archive;
  /** Puts on record that a segment was copied; resolves when that is durable. */
  readonly writeArchived: (content: object) => Promise<void>;
  readonly retentionDays: number;
  readonly clock: Clock;
  readonly log: Log;
}

const dayMs = 24 * 60 * 60 * 1000;

/** The first look comes soon after the start, then one an hour; gateways that start together take turns. */
const firstLookMs = 30_000;
const lookEveryMs = 60 * 60 * 1000;

/** So long after its end, another gateway's segment is copied by whoever comes first; that two do it does no harm. */
const othersAfterMs = 3 * lookEveryMs;

/** Runs by itself. What cannot be copied stays in the store, past its retention too, until it could be. */
export function createArchiver(options: ArchiverOptions): Archiver {
  const { writer, store, archive, writeArchived, retentionDays, clock, log } = options;
  const anchors = createAnchors({ archive, retentionDays, clock, log });
  let disarm = () => {};
  let isClosed = false;

  const copy = async (segment: ClosedSegment & SegmentEnds) => {
    const keepUntilEpochMs = keepUntil(segment.lastRecord.epochMs, retentionDays, clock);
    const archived = await archiveSegment(segment, { store, archive, keepUntilEpochMs });
    await writeArchived(archived);
    const { address } = archived;
    log.info({ address }, "a segment of the audit log was copied to the archive");
    return address;
  };
  /** Each gateway copies its own chain; one that has ended leaves its last segments to the others. */
  const isToCopy = ({ row }: ClosedSegment, { lastRecord }: SegmentEnds) =>
    row.writer === writer || lastRecord.epochMs < clock.epochMs() - othersAfterMs;
  const archived = () => readArchivedSegments(store);
  // Another gateway may have copied it a moment ago.
  const copyOf = async (segment: ClosedSegment & SegmentEnds) =>
    (await archived()).find(segment) ?? (await copy(segment));
  const run = async () => {
    const known = await archived();
    for (const segment of await closedSegments(store, clock.epochMs())) {
      if (isClosed) return;
      if (known.find(segment) !== undefined) continue;
      const ends = await segmentEnds(store, segment);
      if (ends && isToCopy(segment, ends)) await copyOf({ ...segment, ...ends });
    }
  };
  const again = (inMs: number) => {
    disarm = clock.after(inMs, () => {
      run()
        .catch((error) => {
          if (!isClosed) log.error({ err: error }, "the audit log could not be archived");
        })
        .finally(() => {
          if (!isClosed) again(lookEveryMs);
        });
    });
  };
  again(firstLookMs * (1 + Math.random()));
  return {
    run,
    anchors,
    archived,
    copyOf,
    async close() {
      isClosed = true;
      disarm();
      await anchors.close();
    },
  };
}

/** As long as it is kept in the store; a lock that has ended before it begins is refused by S3. */
function keepUntil(lastEpochMs: number, retentionDays: number, clock: Clock): number {
  return Math.max(lastEpochMs + retentionDays * dayMs, clock.epochMs() + dayMs);
}
