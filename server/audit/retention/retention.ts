import type { PrunedSegment } from "../../core/audit-reading.ts";
import type { AuditStore } from "../../core/audit-store.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { Archiver } from "../archive/archiver.ts";
import { headHash, leafHash, summaryHash } from "../chain/hashes.ts";
import { decodeHead } from "../chain/head.ts";
import { type ExpiredSegment, expiredSegments } from "./expired-segments.ts";
import { decodeSummary, encodeSummary, type SegmentSummary } from "./segment-summary.ts";

/** Takes out of the log what is past its retention. */
export interface Retention {
  /** Looks, and takes out unless it only looks. One at a time; who comes meanwhile gets the same. */
  run(isDryRun: boolean): Promise<RetentionReport>;
  close(): void;
}

export interface RetentionReport {
  readonly segments: readonly PrunedSegment[];
  /** What is younger stays. */
  readonly cutoffEpochMs: number;
}

export interface RetentionOptions {
  readonly store: AuditStore;
  /** Writes a record that anybody may read; resolves when it is durable. */
  readonly writePrune: (content: object) => Promise<void>;
  /** Where segments are copied before they go; undefined: nowhere. */
  readonly copies?: Pick<Archiver, "archived" | "copyOf"> | undefined;
  readonly retentionDays: number;
  readonly clock: Clock;
  readonly log: Log;
}

const dayMs = 24 * 60 * 60 * 1000;

/** The first look comes soon after the start, then one a day; gateways that start together take turns. */
const firstLookMs = 60_000;

/**
 * Runs by itself. A segment goes in three steps, each of which a later run takes up where a process ended: a record says
 * that it goes and what is left of it; its keys are dropped, from when on nobody can read it; its rows are swept away.
 */
export function createRetention(options: RetentionOptions): Retention {
  const { store, copies, retentionDays, clock, log } = options;
  let disarm = () => {};
  let isClosed = false;
  let running: Promise<RetentionReport> | undefined;

  const moment = () => {
    const nowEpochMs = clock.epochMs();
    return { nowEpochMs, cutoffEpochMs: nowEpochMs - retentionDays * dayMs };
  };
  const prune = async (): Promise<RetentionReport> => {
    const now = moment();
    const segments: PrunedSegment[] = [];
    for await (const expired of expiredSegments(store, now)) {
      // Where it is to be copied and cannot be, it stays.
      const exportedTo = (await copies?.copyOf(expired)) ?? "";
      const pruned = await store.exclusively(() => shred(expired, exportedTo, options));
      // Another gateway is at it.
      if (!pruned) break;
      segments.push(pruned);
    }
    while (await store.sweep());
    if (segments.length > 0) {
      log.info({ segments: segments.length, retentionDays }, "the audit log was pruned");
    }
    return { segments, cutoffEpochMs: now.cutoffEpochMs };
  };
  const look = async (): Promise<RetentionReport> => {
    const now = moment();
    const segments: PrunedSegment[] = [];
    const archived = await copies?.archived();
    for await (const expired of expiredSegments(store, now)) {
      segments.push(prunedSegment(expired, archived?.find(expired) ?? ""));
    }
    return { segments, cutoffEpochMs: now.cutoffEpochMs };
  };
  const run = (isDryRun: boolean) => {
    if (isDryRun) return look();
    running ??= prune().finally(() => {
      running = undefined;
    });
    return running;
  };
  const again = (inMs: number) => {
    disarm = clock.after(inMs, () => {
      run(false)
        .catch((error) => log.error({ err: error }, "the audit log could not be pruned"))
        .finally(() => {
          if (!isClosed) again(dayMs);
        });
    });
  };
  again(firstLookMs * (1 + Math.random()));
  return {
    run,
    close() {
      isClosed = true;
      disarm();
    },
  };
}

/** Summaries are numbered and chained in the order in which segments go, whichever gateway takes them out. */
async function shred(
  expired: ExpiredSegment,
  exportedTo: string,
  { store, writePrune }: RetentionOptions,
): Promise<PrunedSegment> {
  const { row, lastRecord, lastHead } = expired;
  const { writer, number: segment } = row;
  const pruned = prunedSegment(expired, exportedTo);
  const last = await lastSummary(store);
  const summary: SegmentSummary = {
    writer,
    segment,
    firstSequence: row.firstSequence,
    lastSequence: lastRecord.sequence,
    firstEpochMs: row.startEpochMs,
    lastEpochMs: lastRecord.epochMs,
    lastRecord: leafHash(lastRecord.bytes).toString("hex"),
    lastHead: lastHead.number,
    lastHeadHash: headHash(lastHead.bytes).toString("hex"),
    root: pruned.root.toString("hex"),
    exportedTo,
    number: (last?.summary.number ?? 0) + 1,
    previous: last?.hash ?? "",
  };
  const bytes = encodeSummary(summary);
  await writePrune({ writer, segment, sha256: summaryHash(bytes).toString("hex") });
  await store.shred(writer, segment, bytes);
  return pruned;
}

async function lastSummary(store: AuditStore) {
  let last: { readonly summary: SegmentSummary; readonly hash: string } | undefined;
  for (const { summary: bytes } of await store.segments()) {
    const summary = bytes && decodeSummary(bytes);
    if (!summary || summary.number <= (last?.summary.number ?? 0)) continue;
    last = { summary, hash: summaryHash(bytes).toString("hex") };
  }
  return last;
}

function prunedSegment(
  { row, lastRecord, lastHead }: ExpiredSegment,
  exportedTo: string,
): PrunedSegment {
  return {
    writer: row.writer,
    segment: row.number,
    records: lastRecord.sequence - row.firstSequence + 1,
    firstEpochMs: row.startEpochMs,
    lastEpochMs: lastRecord.epochMs,
    root: decodeHead(lastHead.bytes)?.root ?? Buffer.alloc(0),
    exportedTo,
  };
}
