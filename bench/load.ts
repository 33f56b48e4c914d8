// The load generator: the same calls against everything that is measured, each answer checked.
import { answer } from "./answers.ts";
import { type CheckedStream, startCheckedStream } from "./checked-stream.ts";
import { answerQuestions, reportReady } from "./ipc.ts";
import type { Lane, LaneName } from "./lanes/lane.ts";
import { openLane } from "./lanes/open-lane.ts";

/** Whom to ask, how often, and how many calls at once. */
export interface Job {
  readonly lane: LaneName;
  readonly port: number;
  readonly calls: number;
  readonly concurrency: number;
}

/** How long calls took, in milliseconds. */
export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What the load generator answers. All of them fail when one answer is not what it has to be. */
export type LoadMethods = {
  /** Unary calls. */
  complete(job: Job): Promise<Latency>;
  /** Streams that end by themselves; the latency is that of the first token. */
  stream(job: Job): Promise<Latency>;
  /** Opens streams and leaves them open; resolves when each has had its first token. */
  open(job: Omit<Job, "concurrency">): Promise<void>;
  /** Tokens that came in the streams of `open` so far. */
  count(): number;
  /** Resolves when the streams of `open` have ended; somebody else has to end them. */
  finish(): Promise<void>;
};

const upstreamPort = Number(process.argv[2]);
let tokens = 0;
let streams: readonly CheckedStream[] = [];
let openedLane: Lane | undefined;

const methods: LoadMethods = {
  complete: (job) =>
    repeat(job, async (lane) => {
      const startMs = performance.now();
      const text = await lane.complete();
      if (text !== answer) throw new Error(`a wrong answer: ${text.slice(0, 80)}`);
      return performance.now() - startMs;
    }),
  stream: (job) =>
    repeat(job, async (lane) => {
      const startMs = performance.now();
      let firstMs: number | undefined;
      const stream = startCheckedStream(lane, () => {
        firstMs ??= performance.now() - startMs;
      });
      await stream.end;
      return firstMs ?? Number.NaN;
    }),
  async open({ lane: name, port, calls }) {
    const lane = openLane({ lane: name, port, concurrency: calls, upstreamPort });
    openedLane = lane;
    tokens = 0;
    streams = Array.from({ length: calls }, () =>
      startCheckedStream(lane, (count) => {
        tokens += count;
      }),
    );
    for (const { end } of streams) end.catch(() => {});
    await Promise.all(streams.map(({ firstToken }) => firstToken));
  },
  count: () => tokens,
  async finish() {
    await Promise.all(streams.map(({ end }) => end));
    openedLane?.close();
  },
};

answerQuestions(methods);
reportReady(0);

/** So many calls, so many at once; each gives the milliseconds that count. */
async function repeat(job: Job, call: (lane: Lane) => Promise<number>): Promise<Latency> {
  const lane = openLane({ ...job, upstreamPort });
  const timesMs: number[] = [];
  let left = job.calls;
  const work = async () => {
    while (left-- > 0) timesMs.push(await call(lane));
  };
  try {
    await Promise.all(Array.from({ length: job.concurrency }, work));
  } finally {
    lane.close();
  }
  timesMs.sort((a, b) => a - b);
  const at = (share: number) => timesMs[Math.floor(share * timesMs.length)] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
