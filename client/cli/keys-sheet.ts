import { timestampMs } from "@bufbuild/protobuf/wkt";
import { BudgetPeriod, KeyState, type LicenseKey } from "../sdk/node.ts";
import { durationWords } from "./duration-words.ts";
import { table } from "./table.ts";
import { usd } from "./usd.ts";

/** The keys as a table: who has them, whether they hold, and what they may. */
export function keysSheet(keys: readonly LicenseKey[], nowMs: number): string {
  if (keys.length === 0) return "There is no licence key: this gateway asks for none.\n";
  return table([heads, ...keys.map((key) => cells(key, nowMs))]);
}

const heads = ["NAME", "TENANT", "STATE", "BEGINS", "MADE", "MAY"];

function cells(key: LicenseKey, nowMs: number): string[] {
  const { name, tenant, prefix, createTime, createdBy } = key;
  const made = createTime
    ? `${new Date(timestampMs(createTime)).toISOString().slice(0, 10)} by ${createdBy}`
    : "-";
  return [name, tenant || "-", stateWords(key, nowMs), prefix || "-", made, grantWords(key)];
}

/** Whether a key holds, and until when. */
export function stateWords({ state, revokeTime }: LicenseKey, nowMs: number): string {
  switch (state) {
    case KeyState.CONFIGURED:
      return "configured";
    case KeyState.ACTIVE:
      return "holds";
    case KeyState.ENDING:
      return `ends in ${durationWords(revokeTime ? timestampMs(revokeTime) - nowMs : 0)}`;
    case KeyState.REVOKED:
      return "revoked";
    default:
      return "unknown";
  }
}

const periods: ReadonlyMap<BudgetPeriod, string> = new Map([
  [BudgetPeriod.MINUTE, "minute"],
  [BudgetPeriod.HOUR, "hour"],
  [BudgetPeriod.DAY, "day"],
  [BudgetPeriod.WEEK, "week"],
  [BudgetPeriod.MONTH, "month"],
]);

/** What a key may do, in one line; what it says nothing of is left out. */
export function grantWords({ grants }: LicenseKey): string {
  if (!grants) return "what all may";
  const { allowedModels, allowedProviders, allowedRegions, policies, budgets, rates } = grants;
  const { requestsPerMinute, tokensPerMinute, concurrentStreams } = rates ?? {};
  const parts = [
    allowedModels.join(", "),
    allowedProviders.length > 0 ? `at ${allowedProviders.join(", ")}` : "",
    allowedRegions.length > 0 ? `in ${allowedRegions.join(", ")}` : "",
    policies.length > 0 ? `with ${policies.join(", ")}` : "",
    ...budgets.map(
      ({ period, rolling, limitNanoUsd }) =>
        `$${usd(limitNanoUsd)} a ${rolling ? "rolling " : ""}${periods.get(period) ?? "time"}`,
    ),
    requestsPerMinute === undefined ? "" : `${requestsPerMinute} calls/min`,
    tokensPerMinute === undefined ? "" : `${tokensPerMinute} tokens/min`,
    concurrentStreams === undefined ? "" : `${concurrentStreams} streams`,
  ].filter((part) => part !== "");
  return parts.length > 0 ? parts.join("; ") : "what all may";
}
