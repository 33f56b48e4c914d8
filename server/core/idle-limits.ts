import type { BudgetLimit, BudgetPeriod } from "./policy.ts";

/** Weeks do not lie within months, so these two say nothing about each other. */
const within: readonly (readonly [shorter: BudgetPeriod, longer: BudgetPeriod])[] = [
  ["minute", "hour"],
  ["minute", "day"],
  ["minute", "week"],
  ["minute", "month"],
  ["hour", "day"],
  ["hour", "week"],
  ["hour", "month"],
  ["day", "week"],
  ["day", "month"],
];

/** Limits that can never be reached, each with the lower one of a longer time that sees to it. */
export function idleLimits<L extends BudgetLimit>(limits: readonly L[]): (readonly [L, L])[] {
  const of = (wanted: BudgetPeriod) => limits.find(({ period }) => period === wanted);
  return within.flatMap(([shorter, longer]) => {
    const short = of(shorter);
    const long = of(longer);
    return short && long && short.limitNanoUsd > long.limitNanoUsd ? [[short, long] as const] : [];
  });
}
