import type { BudgetPolicy, RateLimitPolicy } from "../../server/core/policy.ts";
import type { CallPolicies, NamedContentRule } from "../../server/policies/call-policies.ts";

/** Policies of a call, none unless given. */
export function samplePolicies(
  change: {
    readonly model?: string;
    readonly content?: readonly NamedContentRule[];
    readonly rates?: readonly RateLimitPolicy[];
    readonly budgets?: readonly BudgetPolicy[];
  } = {},
): CallPolicies {
  return { model: "claude", pii: undefined, content: [], budgets: [], rates: [], ...change };
}

/** A rate limit of each key. */
export function sampleRate(change: Partial<RateLimitPolicy> = {}): RateLimitPolicy {
  return {
    type: "rate_limit",
    name: "rates",
    appliesTo: { keys: [], tenants: [], models: [], assigned: false },
    scope: "key",
    limits: { requestsPerMinute: 2 },
    where: "policies.yaml:1",
    ...change,
  };
}
