import type { Figures } from "./measures/figures.ts";
import { grpcLane } from "./subjects.ts";

/** What a figure of the gRPC lane may be at most, as a multiple of the floor's. */
export interface Target {
  readonly figure: "unaryCpuUs" | "frameCpuUs";
  readonly words: string;
  readonly atMost: number;
}

/** A target and what the run found. */
export interface Verdict extends Target {
  readonly ratio: number;
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
  return targets.map((target) => {
    const ratio = (lane?.[target.figure] ?? Number.NaN) / (base?.[target.figure] ?? Number.NaN);
    return { ...target, ratio, met: ratio <= target.atMost };
  });
}
