import type { Fence } from "./fence.ts";
import type { BudgetLimit, RateLimits } from "./policy.ts";

/**
 * What the calls of one licence key may do and spend, whether a record or the configuration says so. Everything that is
 * empty or absent leaves the calls to what holds for all.
 */
export interface KeyGrants extends Fence {
  /** Model names or patterns such as `claude-*` or `us.anthropic.*`; what a call asks for has to match one. */
  readonly models: readonly string[];
  /** Names of policies that hold for these calls besides those that hold for all (`AppliesTo.assigned`). */
  readonly policies: readonly string[];
  /** What all calls of the key together may spend. */
  readonly budgets: readonly BudgetLimit[];
  readonly rates?: RateLimits | undefined;
}
