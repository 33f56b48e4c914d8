import type { ContentFilterPolicy, PiiAction, PiiRule, Policy } from "../core/policy.ts";
import type { CallPolicies, EntityRule, NamedContentRule, PiiRules } from "./call-policies.ts";

/** Sorts what holds for a call by who enforces it. */
export function collectPolicies(model: string, policies: readonly Policy[]): CallPolicies {
  const filters = policies.filter((policy) => policy.type === "content_filter");
  return {
    model,
    pii: piiRulesOf(filters),
    content: filters.flatMap(contentRulesOf),
    budgets: policies.filter((policy) => policy.type === "budget"),
    rates: policies.filter((policy) => policy.type === "rate_limit"),
  };
}

function contentRulesOf({ name, filters }: ContentFilterPolicy): readonly NamedContentRule[] {
  return filters.flatMap((rule) =>
    rule.type === "pii_detection" ? [] : [{ policy: name, rule } satisfies NamedContentRule],
  );
}

function piiRulesOf(policies: readonly ContentFilterPolicy[]): PiiRules | undefined {
  const request = new Map<string, EntityRule>();
  const response = new Map<string, EntityRule>();
  let defaultRegion: string | undefined;
  for (const { name, filters } of policies) {
    for (const filter of filters) {
      if (filter.type !== "pii_detection") continue;
      const hasPhone = filter.rules.some(({ entity }) => entity === "PHONE");
      if (hasPhone || defaultRegion === undefined) defaultRegion = filter.defaultRegion;
      for (const rule of filter.rules) {
        if (rule.direction !== "response") take(request, rule, name);
        if (rule.direction !== "request") take(response, rule, name);
      }
    }
  }
  return defaultRegion === undefined ? undefined : { request, response, defaultRegion };
}

/** From the mildest. What cannot be turned back is stricter than what can. */
const byStrictness: readonly PiiAction[] = ["allow", "pseudonymize", "mask", "redact", "block"];

function take(rules: Map<string, EntityRule>, { entity, action }: PiiRule, policy: string): void {
  const held = rules.get(entity);
  if (held && byStrictness.indexOf(held.action) >= byStrictness.indexOf(action)) return;
  rules.set(entity, { action, policy });
}
