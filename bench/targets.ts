import type { Figures } from "./measures/figures.ts";
import { grpcLane } from "./subjects.ts";

/** What a figure of the gRPC lane may be at most, as a multiple of the floor's. */
export interface Target {
  readonly figure: "unaryCpuUs" | "frameCpuUs";
  readonly words: string;
  readonly atMost: number;
}

/** A target and what the run found: the ratio of the medians, and the ratios of the single rounds in order of size. */
export interface Verdict extends Target {
  readonly ratio: number;
  readonly roundRatios: readonly number[];
  readonly met: boolean;
}

/** While the AWS SDK carries the calls to Bedrock. */
const targets: readonly Target[] = [
  { figure: "unaryCpuUs", words: "a unary request", atMost: 6 },
  { figure: "frameCpuUs", words: "a token frame", atMost: 3 },
];

/** Holds the gRPC lane against its targets. */
export function judge(figures: readonly Figures[]): Verdict[] {
  const [base] = figures;
  const lane = figures.find(({ name }) => name === grpcLane.name);
  if (!base || !lane) throw new Error("the floor and the gRPC lane were not both measured");
  return targets.map((target) => {
    const { figure, atMost } = target;
    const ratio = lane[figure] / base[figure];
    const roundRatios = lane.rounds.map(
      (round, at) => round[figure] / (base.rounds[at]?.[figure] ?? Number.NaN),
    );
    roundRatios.sort((a, b) => a - b);
    return { ...target, ratio, roundRatios, met: ratio <= atMost };
  });
}
