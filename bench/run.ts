import type { Figures, RoundFigures } from "./measures/figures.ts";
import { memoryOf } from "./measures/memory.ts";
import { measureRound } from "./measures/round.ts";
import { warmUp } from "./measures/warm-up.ts";
import { median } from "./median.ts";
import type { Plan } from "./plan.ts";
import type { Stage } from "./stage.ts";
import type { RunningSubject, Subject } from "./subjects.ts";

/** Measures every subject: memory as soon as it has started, then, once all are warm, everything else round by round. */
export async function run(
  stage: Stage,
  subjects: readonly Subject[],
  plan: Plan,
  progress: (words: string) => void,
): Promise<Figures[]> {
  const running: RunningSubject[] = [];
  const memory: number[][] = [];
  for (const subject of subjects) {
    progress(`memory and warm-up of ${subject.name}`);
    const started = await stage.start(subject);
    running.push(started);
    memory.push(await memoryOf(stage, started, plan));
    await warmUp(stage, started, plan);
  }
  // The compiler is not done with a server that was warmed up alone: it goes on as the measures take turns.
  for (let rehearsal = 1; rehearsal <= plan.rehearsals; rehearsal++) {
    progress(`rehearsal ${rehearsal} of ${plan.rehearsals}`);
    await measureRound(stage, running, plan);
  }
  const rounds: RoundFigures[][] = [];
  for (let round = 1; round <= plan.rounds; round++) {
    progress(`round ${round} of ${plan.rounds}`);
    rounds.push(await measureRound(stage, running, plan));
  }
  return subjects.map(({ name }, at) => {
    const own = rounds.flatMap((round) => round[at] ?? []);
    return { name, rssBytes: memory[at] ?? [], ...medians(own), rounds: own };
  });
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
