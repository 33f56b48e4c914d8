import type { Policies, Policy } from "../core/policy.ts";
import { changePolicy } from "./change-policy.ts";

/**
 * Every policy, and every policy as each of its overrides changes it: all rules that can come up, for whoever compiles
 * them, or proves that they work, before the first call.
 */
export function policyForms(policies: Policies): readonly Policy[] {
  return policies.flatMap(({ policy, overrides }) => [
    policy,
    ...overrides.map((override) => changePolicy(policy, [override])),
  ]);
}
