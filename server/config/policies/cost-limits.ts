import { idleLimits } from "../../core/idle-limits.ts";
import type { BudgetLimit, BudgetPeriod } from "../../core/policy.ts";
import type { JsonSchema } from "../schema/json-schema.ts";
import { type Field, type Reading, refuse, sourceOf } from "./fields.ts";

const periods: ReadonlyMap<string, BudgetPeriod> = new Map([
  ["minute_cost_usd", "minute"],
  ["hourly_cost_usd", "hour"],
  ["daily_cost_usd", "day"],
  ["weekly_cost_usd", "week"],
  ["monthly_cost_usd", "month"],
]);

/** US dollars above 0; without quotes an editor sees a number, whose digits it does not count. */
const usd: JsonSchema = {
  type: ["number", "string"],
  exclusiveMinimum: 0,
  maximum: 1_000_000_000,
  pattern: "^(?=.*[1-9])[0-9]{1,9}(?:\\.[0-9]{1,9})?$",
};

/** The limits in money. */
export const costLimitMembers: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  [...periods.keys()].map((name) => [name, usd]),
);

/** Their names. */
export const costLimitNames: readonly string[] = [...periods.keys()];

/** Reads limits in US dollars into nano-USD, to the last digit. */
export function readCostLimits(
  members: ReadonlyMap<string, Field>,
  rolling: boolean,
  reading: Reading,
): readonly BudgetLimit[] {
  const limits = [...periods].flatMap(([name, period]) => {
    const field = members.get(name);
    const limitNanoUsd = field && readNanoUsd(field, reading);
    return field && limitNanoUsd !== undefined ? [{ period, rolling, limitNanoUsd, field }] : [];
  });
  refuseIdle(limits, reading);
  return limits.map(({ field: _, ...limit }) => limit);
}

function readNanoUsd(field: Field, reading: Reading): bigint | undefined {
  const { whole, part = "" } =
    /^(?<whole>\d{1,9})(?:\.(?<part>\d{1,9}))?$/.exec(sourceOf(field) ?? "")?.groups ?? {};
  const nanoUsd = whole === undefined ? 0n : BigInt(whole + part.padEnd(9, "0"));
  return nanoUsd > 0n
    ? nanoUsd
    : refuse(
        reading,
        field,
        "must be US dollars above 0 such as 100 or 0.50, with at most nine decimals",
      );
}

function refuseIdle(
  limits: readonly (BudgetLimit & { readonly field: Field })[],
  reading: Reading,
): void {
  for (const [short, long] of idleLimits(limits)) {
    const problem = `can never be reached, because the limit for the ${long.period} is lower`;
    refuse(reading, short.field, problem);
  }
}
