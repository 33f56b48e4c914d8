import type { Clock } from "../../core/clock.ts";
import type { BatchWriter } from "./batch-writer.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** Between two steps, so that calls get their turn. */
const pauseMs = 50;

/** After a step that failed. */
const retryMs = 60_000;

/** Takes out what is too old, now and each day, a step at a time. Returns the way to stop. */
export function pruneDaily(writer: BatchWriter, clock: Clock, usageKeptMs: number): () => void {
  let isStopped = false;
  let disarm = () => {};
  const again = (delayMs: number) => {
    if (!isStopped) disarm = clock.after(delayMs, () => void step());
  };
  const step = async () => {
    const nowMs = Math.round(clock.epochMs());
    try {
      const usageBeforeMs = nowMs - usageKeptMs;
      const isMore = await writer.ask<boolean>({ kind: "prune", usageBeforeMs, nowMs });
      again(isMore ? pauseMs : dayMs);
    } catch {
      again(retryMs);
    }
  };
  void step();
  return () => {
    isStopped = true;
    disarm();
  };
}
