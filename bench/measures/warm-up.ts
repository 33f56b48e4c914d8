import type { Plan } from "../plan.ts";
import type { Stage } from "../stage.ts";
import type { RunningSubject } from "../subjects.ts";
import { burstFrameCost, pacedFrames } from "./frame-cost.ts";

/** Everything that will be measured, once and unmeasured, so that the compiler has seen it. */
export async function warmUp(stage: Stage, subject: RunningSubject, plan: Plan): Promise<void> {
  const { lane, port } = subject;
  const { warmUpCalls, warmUpMs, concurrency } = plan;
  await stage.load.ask("complete", { lane, port, calls: warmUpCalls, concurrency });
  await pacedFrames(stage, subject, { ...plan, windowMs: warmUpMs });
  await burstFrameCost(stage, subject, plan);
}
