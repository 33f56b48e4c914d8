import { setImmediate } from "node:timers/promises";
import type { Outcome } from "./outcome.ts";
import { type Similarity, similaritySteps } from "./similarity/similarity.ts";

/** Compares what both sides said, letting everybody else in between its steps. Undefined where there is nothing to compare. */
export async function compareOutcomes(a: Outcome, b: Outcome): Promise<Similarity | undefined> {
  if (a.kind !== "answered" || b.kind !== "answered") return undefined;
  const { text: left, withheld: leftWithheld } = a.answer;
  const { text: right, withheld: rightWithheld } = b.answer;
  if (left === undefined || right === undefined) return undefined;
  const steps = similaritySteps(
    { text: left, withheld: leftWithheld },
    { text: right, withheld: rightWithheld },
  );
  for (;;) {
    await setImmediate();
    const step = steps.next();
    if (step.done) return step.value;
  }
}
