/** How much is measured. Everything is bounded: by a count of calls, or by a time. */
export interface Plan {
  readonly rounds: number;
  /** Rounds before those that count. */
  readonly rehearsals: number;
  readonly warmUpCalls: number;
  readonly warmUpMs: number;
  /** Unary calls of one slice, how many slices a round has, and how many calls are made at once. */
  readonly calls: number;
  readonly slices: number;
  readonly concurrency: number;
  /** Unary calls one after another, for the latency of an idle gateway; and streams, for the first token. */
  readonly singleCalls: number;
  readonly singleStreams: number;
  /** Streams open at once, each with a token every so often; how many windows a round has, and how long one counts. */
  readonly streams: number;
  readonly tokenIntervalMs: number;
  readonly windows: number;
  readonly windowMs: number;
  /** Streams of one round that come as fast as they can, and their length. */
  readonly burstStreams: number;
  readonly burstTokens: number;
  /** How many streams are open when memory is read. */
  readonly openStreams: readonly number[];
}

/**
 * About fifteen minutes. Servers run for days: the compiler has to have finished with all of them before the first round. With
 * everything on that takes 70,000 calls: it spends 15 µs of each before, and 4 µs after.
 */
export const fullPlan: Plan = {
  rounds: 5,
  rehearsals: 2,
  warmUpCalls: 60_000,
  warmUpMs: 1500,
  calls: 500,
  slices: 6,
  concurrency: 32,
  singleCalls: 200,
  singleStreams: 60,
  streams: 100,
  tokenIntervalMs: 20,
  windows: 8,
  windowMs: 500,
  burstStreams: 60,
  burstTokens: 500,
  openStreams: [1, 100, 1000],
};

/** About half a minute: a look, not a verdict. The compiler is still at work, most of all in what has most code. */
export const quickPlan: Plan = {
  ...fullPlan,
  rounds: 1,
  rehearsals: 0,
  warmUpCalls: 500,
  warmUpMs: 300,
  slices: 2,
  singleCalls: 100,
  singleStreams: 20,
  windows: 2,
  windowMs: 300,
  burstStreams: 20,
  openStreams: [1, 100],
};
