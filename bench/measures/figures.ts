/** What one round found out about one subject. */
export interface RoundFigures {
  readonly unaryCpuUs: number;
  readonly frameCpuUs: number;
  readonly burstFrameCpuUs: number;
  /** Beyond what asking the stand-in itself took in the same round. */
  readonly addedP50Ms: number;
  readonly addedP99Ms: number;
  readonly addedFirstTokenMs: number;
}

/** What the run found out about one subject: medians over the rounds. */
export interface Figures extends RoundFigures {
  readonly name: string;
  /** In bytes, in the order of the plan's `openStreams`. */
  readonly rssBytes: readonly number[];
  /** What the medians are made of. */
  readonly rounds: readonly RoundFigures[];
}
