import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { CheckpointContent } from "../writing/checkpoint-text.ts";
import type { Archive } from "./archive.ts";

/** Signed heads in an archive: with them a verification finds a log that was cut off, or written anew as a whole. */
export interface Anchors {
  /** Takes the newest checkpoint along; it is put there within a minute. */
  keep(checkpoint: CheckpointContent): void;
  /** Puts the last one there, in bounded time. */
  close(): Promise<void>;
}

export interface AnchorsOptions {
  readonly archive: Archive;
  readonly retentionDays: number;
  readonly clock: Clock;
  readonly log: Log;
}

const everyMs = 60_000;
const dayMs = 24 * 60 * 60 * 1000;

/** One a minute at most, each of which is newer than the one before: what fails is made up for by the next. */
export function createAnchors({ archive, retentionDays, clock, log }: AnchorsOptions): Anchors {
  let newest: CheckpointContent | undefined;
  let isFailing = false;
  let isClosed = false;
  let disarm: (() => void) | undefined;

  const put = async () => {
    const checkpoint = newest;
    newest = undefined;
    if (!checkpoint) return;
    const keepUntilEpochMs = checkpoint.epochMs + retentionDays * dayMs;
    try {
      await archive.put(nameOf(checkpoint), bytesOf(checkpoint), keepUntilEpochMs);
      isFailing = false;
    } catch (error) {
      newest ??= checkpoint;
      if (!isFailing) log.error({ err: error }, "the audit log's signed heads are not archived");
      isFailing = true;
    }
  };
  const arm = (inMs: number) => {
    disarm = clock.after(inMs, async () => {
      await put();
      disarm = undefined;
      if (newest && !isClosed) arm(everyMs);
    });
  };
  return {
    keep(checkpoint) {
      newest = checkpoint;
      if (!disarm && !isClosed) arm(everyMs);
    },
    async close() {
      isClosed = true;
      disarm?.();
      await put();
    },
  };
}

function nameOf({ epochMs, heads: [own] }: CheckpointContent): string {
  const day = new Date(epochMs).toISOString().slice(0, 10);
  return `anchors/${day}/${own?.writer}/${epochMs}.json`;
}

function bytesOf(checkpoint: CheckpointContent): Buffer {
  return Buffer.from(`${JSON.stringify(checkpoint)}\n`);
}
