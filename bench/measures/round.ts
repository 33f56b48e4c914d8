import type { Latency } from "../load.ts";
import { median } from "../median.ts";
import type { Plan } from "../plan.ts";
import type { Stage } from "../stage.ts";
import type { RunningSubject } from "../subjects.ts";
import { cpuOf } from "./cpu-of.ts";
import type { RoundFigures } from "./figures.ts";
import { burstFrameCost, type FrameWindow, pacedFrames } from "./frame-cost.ts";

type Place = Pick<RunningSubject, "lane" | "port">;

/** Each measure over all subjects in turn before the next measure begins, so that a busy moment hits them alike. */
export async function measureRound(
  stage: Stage,
  running: readonly RunningSubject[],
  plan: Plan,
): Promise<RoundFigures[]> {
  const direct: Place = { lane: "direct", port: stage.upstreamPort };
  const unary = await unaryCosts(stage, running, plan);
  const paced = await frameCosts(stage, running, plan);
  const bursts = await inTurn(running, (subject) => burstFrameCost(stage, subject, plan));
  const [base, ...single] = await inTurn([direct, ...running], (place) =>
    singleLatency(stage, place, plan),
  );
  return running.map((_, at) => ({
    unaryCpuUs: unary[at] ?? Number.NaN,
    frameCpuUs: paced[at] ?? Number.NaN,
    burstFrameCpuUs: bursts[at] ?? Number.NaN,
    addedP50Ms: difference(single[at]?.whole.p50Ms, base?.whole.p50Ms),
    addedP99Ms: difference(single[at]?.whole.p99Ms, base?.whole.p99Ms),
    addedFirstTokenMs: difference(single[at]?.firstToken.p50Ms, base?.firstToken.p50Ms),
  }));
}

async function inTurn<T, R>(items: readonly T[], measure: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await measure(item));
  return results;
}

/**
 * The median of slices, each over all subjects in turn, because a shared machine changes its speed from second to
 * second. What a server does in its first calls after a pause is not measured.
 */
async function unaryCosts(
  { load }: Stage,
  running: readonly RunningSubject[],
  { calls, slices, concurrency }: Plan,
): Promise<number[]> {
  const slice = ({ lane, port, process }: RunningSubject) =>
    cpuOf(process, () => load.ask("complete", { lane, port, calls, concurrency }));
  await inTurn(running, slice);
  const cpuUs: number[][] = [];
  for (let done = 0; done < slices; done++) cpuUs.push(await inTurn(running, slice));
  return running.map((_, at) => median(cpuUs.map((costs) => costs[at] ?? Number.NaN)) / calls);
}

/** Of several windows, each over all subjects in turn, for the same reason; every frame of them counts. */
async function frameCosts(
  stage: Stage,
  running: readonly RunningSubject[],
  plan: Plan,
): Promise<number[]> {
  const turns: FrameWindow[][] = [];
  for (let done = 0; done < plan.windows; done++) {
    turns.push(await inTurn(running, (subject) => pacedFrames(stage, subject, plan)));
  }
  return running.map((_, at) => {
    const own = turns.flatMap((turn) => turn[at] ?? []);
    return sum(own.map(({ cpuUs }) => cpuUs)) / sum(own.map(({ frames }) => frames));
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** One call at a time: a whole unary answer, and the first token of a short stream. */
async function singleLatency(
  { load, upstream }: Stage,
  { lane, port }: Place,
  { singleCalls, singleStreams }: Plan,
): Promise<{ whole: Latency; firstToken: Latency }> {
  const whole = await load.ask("complete", { lane, port, calls: singleCalls, concurrency: 1 });
  await upstream.ask("pace", { kind: "burst", tokens: 5 });
  const streams = { lane, port, calls: singleStreams, concurrency: 1 };
  return { whole, firstToken: await load.ask("stream", streams) };
}

function difference(value = Number.NaN, base = Number.NaN): number {
  return value - base;
}
