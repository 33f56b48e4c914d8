import type { BudgetLimit, Policies, Policy } from "../core/policy.ts";

type Overrides = Policies[number]["overrides"];

/** A policy as overrides change it, the later over the earlier. Limits change one by one; other members change whole. */
export function changePolicy(policy: Policy, overrides: readonly Overrides[number][]): Policy {
  let changed = policy;
  for (const { changes } of overrides) {
    changed = { ...changed, ...changes, ...limitsOf(changed, changes) } as Policy;
  }
  return changed;
}

function limitsOf(policy: Policy, changes: Overrides[number]["changes"]): object {
  if (!("limits" in changes) || changes.limits === undefined) return {};
  if (policy.type === "rate_limit") return { limits: { ...policy.limits, ...changes.limits } };
  if (policy.type !== "budget") return {};
  const changed = changes.limits as readonly BudgetLimit[];
  const kept = policy.limits.filter(
    ({ period }) => !changed.some((each) => each.period === period),
  );
  return { limits: [...kept, ...changed] };
}
