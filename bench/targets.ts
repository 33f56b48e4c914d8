import type { Figures } from "./measures/figures.ts";
import {
  floor,
  fullLane,
  grpcLane,
  grpcToOpenAi,
  peerToBedrock,
  peerToOpenAi,
  policiesLane,
  type Subject,
  tracedLane,
} from "./subjects.ts";

/** What a figure of one subject may be at most, as a multiple of another's. */
export interface Target {
  readonly figure: "unaryCpuUs" | "frameCpuUs";
  readonly words: string;
  readonly of: Subject;
  readonly beside: Subject;
  readonly atMost: number;
}

/** A target and what the run found: the ratio of the medians, and the ratios of the single rounds in order of size. */
export interface Verdict extends Target {
  readonly ratio: number;
  readonly roundRatios: readonly number[];
  readonly met: boolean;
}

const unary = { figure: "unaryCpuUs", words: "a unary request" } as const;
const frame = { figure: "frameCpuUs", words: "a token frame" } as const;

const targets: readonly Target[] = [
  { ...unary, of: grpcLane, beside: floor, atMost: 2.6 },
  { ...frame, of: grpcLane, beside: floor, atMost: 2 },
  { ...unary, of: policiesLane, beside: floor, atMost: 3.2 },
  { ...frame, of: policiesLane, beside: floor, atMost: 2.2 },
  { ...unary, of: fullLane, beside: floor, atMost: 4 },
  { ...frame, of: fullLane, beside: floor, atMost: 2.3 },
  { ...unary, of: tracedLane, beside: grpcLane, atMost: 1.2 },
  { ...frame, of: tracedLane, beside: grpcLane, atMost: 1.2 },
  { ...unary, of: grpcLane, beside: peerToBedrock, atMost: 0.4 },
  { ...unary, of: grpcToOpenAi, beside: peerToOpenAi, atMost: 0.4 },
];

/** Holds what was measured against the targets; one whose subjects are not both there is left out. */
export function judge(figures: readonly Figures[]): Verdict[] {
  const found = (subject: Subject) => figures.find(({ name }) => name === subject.name);
  return targets.flatMap((target) => {
    const [of, beside] = [found(target.of), found(target.beside)];
    return of && beside ? [verdictOn(target, of, beside)] : [];
  });
}

function verdictOn(target: Target, of: Figures, beside: Figures): Verdict {
  const { figure, atMost } = target;
  const ratio = of[figure] / beside[figure];
  const roundRatios = of.rounds.map(
    (round, at) => round[figure] / (beside.rounds[at]?.[figure] ?? Number.NaN),
  );
  roundRatios.sort((a, b) => a - b);
  return { ...target, ratio, roundRatios, met: ratio <= atMost };
}
