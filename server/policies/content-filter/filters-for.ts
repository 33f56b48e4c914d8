import type { Call } from "../../core/call.ts";
import type { ContentRule } from "../../core/policy.ts";
import type { NamedContentRule, PoliciesFor } from "../call-policies.ts";
import { type ContentFilters, compileFilters } from "./compile-filters.ts";

/** The filters of a call, compiled once for each combination of rules that there is. */
export type FiltersFor = (call: Call) => ContentFilters;

/** Rules are objects of the configuration, so there are as many combinations as it makes, whoever calls. */
export function createFiltersFor(policiesFor: PoliciesFor): FiltersFor {
  const byRules = new WeakMap<readonly NamedContentRule[], ContentFilters>();
  const byNames = new Map<string, ContentFilters>();
  const numbers = new WeakMap<ContentRule, number>();
  let count = 0;
  const numberOf = (rule: ContentRule): number => {
    const number = numbers.get(rule) ?? count++;
    numbers.set(rule, number);
    return number;
  };
  const compiled = (rules: readonly NamedContentRule[]): ContentFilters => {
    const names = rules.map(({ policy, rule }) => `${numberOf(rule)} ${policy}`).join("\n");
    const filters = byNames.get(names) ?? compileFilters(rules);
    byNames.set(names, filters);
    return filters;
  };
  return (call) => {
    const { content } = policiesFor(call);
    const filters = byRules.get(content) ?? compiled(content);
    byRules.set(content, filters);
    return filters;
  };
}
