import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { QueryUsageResponse, UsageRow } from "../sdk/node.ts";
import { table } from "./table.ts";
import { costsByStep, mostOf, sparkline, stepOf } from "./usage-sparkline.ts";
import { usd } from "./usd.ts";

/** Usage for people: what it came to, how it was spread over time, and a row for each group. */
export function usageSheet(
  answer: QueryUsageResponse,
  overTime: readonly UsageRow[],
  headings: readonly string[],
): string {
  const { rows, total } = answer;
  const fromMs = answer.from ? timestampMs(answer.from) : 0;
  const toMs = answer.to ? timestampMs(answer.to) : 0;
  const span = `${minute(fromMs)} to ${minute(toMs)} UTC`;
  if (!total || total.calls === 0n) return `No calls from ${span}.\n`;
  const heading = `${countOf(total.calls, "call")} from ${span}: ${usd(total.costNanoUsd)} USD\n`;
  const step = stepOf(fromMs, toMs);
  const costs = costsByStep(overTime, { fromMs, toMs, lengthMs: step.lengthMs });
  const line = sparkline(costs);
  const bars = line && `│${line}│ USD by ${step.name}, at most ${usd(mostOf(costs))}\n`;
  const sheet = headings.length === 0 ? "" : `\n${rowsOf(rows, total, headings)}`;
  return heading + bars + sheet;
}

function rowsOf(rows: readonly UsageRow[], total: UsageRow, headings: readonly string[]): string {
  const cells = rows.map((row) => [
    ...headings.map((_, index) => row.values[index] || "-"),
    ...numbersOf(row),
    shareOf(row.costNanoUsd, total.costNanoUsd),
  ]);
  const columns = ["CALLS", "INPUT", "CACHED", "OUTPUT", "USD", "SHARE"];
  const numbers = columns.map((_, index) => headings.length + index);
  const hidden = total.calls - rows.reduce((sum, { calls }) => sum + calls, 0n);
  const rest =
    hidden > 0n ? `and ${countOf(hidden, "further call")}; --limit shows more rows\n` : "";
  return table([[...headings, ...columns], ...cells], numbers) + rest;
}

/** Cached is what was read from a prompt cache or written to it. */
function numbersOf(row: UsageRow): readonly string[] {
  const cached = row.cacheReadInputTokens + row.cacheWriteInputTokens;
  return [
    String(row.calls),
    String(row.inputTokens),
    String(cached),
    String(row.outputTokens),
    usd(row.costNanoUsd),
  ];
}

function shareOf(cost: bigint, total: bigint): string {
  if (total === 0n) return "";
  return `${(Number((cost * 10_000n) / total) / 100).toFixed(1)} %`;
}

function countOf(count: bigint, noun: string): string {
  return `${count} ${noun}${count === 1n ? "" : "s"}`;
}

function minute(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 16).replace("T", " ");
}
