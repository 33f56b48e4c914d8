import type { ContentFilterPolicy, Policies, Selection } from "../../core/policy.ts";
import { type Reading, refuse } from "./fields.ts";

/**
 * Phone numbers of one call are read as those of one country, so two policies that can meet in a call must not name two:
 * the numbers of one of them would not be found.
 */
export function refuseTwoRegions(policies: Policies, reading: Reading): void {
  const seen: { readonly policy: ContentFilterPolicy; readonly region: string }[] = [];
  for (const { policy, overrides } of policies) {
    if (policy.type !== "content_filter") continue;
    const changes = overrides.map((override) => override.changes as Partial<ContentFilterPolicy>);
    for (const region of [policy, ...changes].flatMap(regionsOf)) {
      const other = seen.find(
        (each) => each.region !== region && canMeet(each.policy.appliesTo, policy.appliesTo),
      );
      if (other) {
        const field = { node: undefined, line: policy.where, path: `policies.${policy.name}` };
        refuse(
          reading,
          field,
          `has the default_region ${region}, and ${other.policy.name} (${other.policy.where}) has ${other.region}. Both can be about one call, which has one default_region only.`,
        );
      }
      seen.push({ policy, region });
    }
  }
}

function regionsOf({ filters = [] }: Partial<ContentFilterPolicy>): readonly string[] {
  return filters.flatMap((filter) =>
    filter.type === "pii_detection" && filter.rules.some(({ entity }) => entity === "PHONE")
      ? [filter.defaultRegion]
      : [],
  );
}

function canMeet(a: Selection, b: Selection): boolean {
  return (
    listsMeet(a.keys, b.keys) && listsMeet(a.tenants, b.tenants) && listsMeet(a.models, b.models)
  );
}

/** Patterns may meet; only names without `*` are known to differ. */
function listsMeet(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === 0 || b.length === 0) return true;
  if ([...a, ...b].some((name) => name.includes("*"))) return true;
  return a.some((name) => b.includes(name));
}
