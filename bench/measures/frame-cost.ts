import { setTimeout as wait } from "node:timers/promises";
import type { Plan } from "../plan.ts";
import type { Stage } from "../stage.ts";
import type { RunningSubject } from "../subjects.ts";
import { cpuOf } from "./cpu-of.ts";

/** Streams get this long between their first token and the measured window. */
const settleMs = 200;

/** Processor time in microseconds, and the token frames that it was spent on. */
export interface FrameWindow {
  readonly cpuUs: number;
  readonly frames: number;
}

/** A window in the middle of many paced streams: neither the streams' beginning nor their end is in it. */
export async function pacedFrames(
  { upstream, load }: Stage,
  { lane, port, process }: RunningSubject,
  { streams, tokenIntervalMs, windowMs }: Plan,
): Promise<FrameWindow> {
  await upstream.ask("pace", { kind: "paced", intervalMs: tokenIntervalMs });
  await load.ask("open", { lane, port, calls: streams });
  await wait(settleMs);
  const before = await load.ask("count");
  let after = before;
  const cpuUs = await cpuOf(process, async () => {
    await wait(windowMs);
    after = await load.ask("count");
  });
  await upstream.ask("release");
  await load.ask("finish");
  return { cpuUs, frames: after - before };
}

/** Processor time per token of whole streams that come as fast as they can, their beginning and end included. */
export async function burstFrameCost(
  { upstream, load }: Stage,
  { lane, port, process }: RunningSubject,
  { burstStreams, burstTokens }: Plan,
): Promise<number> {
  await upstream.ask("pace", { kind: "burst", tokens: burstTokens });
  const job = { lane, port, calls: burstStreams, concurrency: burstConcurrency };
  const cpuUs = await cpuOf(process, () => load.ask("stream", job));
  return cpuUs / (burstStreams * burstTokens);
}

const burstConcurrency = 10;
