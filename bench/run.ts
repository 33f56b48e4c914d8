import type { Figures, RoundFigures } from "./measures/figures.ts";
import { memoryOf } from "./measures/memory.ts";
import { measureRound } from "./measures/round.ts";
import { warmUp } from "./measures/warm-up.ts";
import { median } from "./median.ts";
import type { Plan } from "./plan.ts";
import type { Stage } from "./stage.ts";
import { subjects } from "./subjects.ts";

/** Measures every subject: memory in fresh processes, then everything else in warm ones, round by round. */
export async function run(
  stage: Stage,
  plan: Plan,
  progress: (words: string) => void,
): Promise<Figures[]> {
  const memory: number[][] = [];
  for (const subject of subjects) {
    progress(`memory, ${subject.name}`);
    memory.push(await memoryOf(stage, subject, plan));
  }
  const running = [];
  for (const subject of subjects) running.push(await stage.start(subject));
  for (const subject of running) {
    progress(`warming up, ${subject.name}`);
    await warmUp(stage, subject, plan);
  }
  const rounds: RoundFigures[][] = [];
  for (let round = 1; round <= plan.rounds; round++) {
    progress(`round ${round} of ${plan.rounds}`);
    rounds.push(await measureRound(stage, running, plan));
  }
  return subjects.map(({ name }, at) => ({
    name,
    rssBytes: memory[at] ?? [],
    ...medians(rounds.flatMap((round) => round[at] ?? [])),
  }));
}

function medians(rounds: readonly RoundFigures[]): RoundFigures {
  const over = (figure: keyof RoundFigures) => median(rounds.map((round) => round[figure]));
  return {
    unaryCpuUs: over("unaryCpuUs"),
    frameCpuUs: over("frameCpuUs"),
    burstFrameCpuUs: over("burstFrameCpuUs"),
    addedP50Ms: over("addedP50Ms"),
    addedP99Ms: over("addedP99Ms"),
    addedFirstTokenMs: over("addedFirstTokenMs"),
  };
}
