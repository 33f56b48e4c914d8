import { timestampMs } from "@bufbuild/protobuf/wkt";
import { BudgetPeriod, KeyState, type LicenseKey } from "../sdk/node.ts";
import { durationWords } from "./duration-words.ts";
import { table } from "./table.ts";
import { usd } from "./usd.ts";

/**
 * The keys as a table: who has them, whether they hold, and what they may. It fits a terminal of 80 columns unless names are
 * long; what a key may goes on in the next lines.
 */
export function keysSheet(keys: readonly LicenseKey[], nowMs: number): string {
  if (keys.length === 0) return "There is no licence key: this gateway asks for none.\n";
  const rows = keys.map((key) => ({ cells: cells(key, nowMs), may: grantWords(key) }));
  const left = table([heads, ...rows.map((row) => row.cells)]).split("\n");
  const leftWidth = left.reduce((most, { length }) => Math.max(most, length), 0);
  const mayWidth = Math.max(leastMayWidth, terminalWidth - leftWidth - 2);
  const folded = rows.flatMap(({ cells, may }) => {
    const [first = "", ...more] = linesOf(may, mayWidth);
    return [[...cells, first], ...more.map((line) => [...heads.map(() => ""), line])];
  });
  return table([[...heads, "MAY"], ...folded]);
}

const heads = ["NAME", "TENANT", "STATE", "BEGINS", "MADE"];
const terminalWidth = 80;
const leastMayWidth = 16;

/** A text on lines of at most that width; a word that is longer goes on in the next line. */
function linesOf(text: string, width: number): readonly string[] {
  const lines = [""];
  for (const word of text.match(new RegExp(`\\S{1,${width}}`, "g")) ?? []) {
    const line = lines.at(-1) ?? "";
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function cells(key: LicenseKey, nowMs: number): string[] {
  const { name, tenant, prefix, createTime, createdBy } = key;
  const made = createTime
    ? `${new Date(timestampMs(createTime)).toISOString().slice(0, 10)} by ${createdBy}`
    : "-";
  // Its largest unit is enough here: `ends in 23 h`.
  const state = stateWords(key, nowMs).split(" ").slice(0, 4).join(" ");
  return [name, tenant || "-", state, prefix || "-", made];
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
