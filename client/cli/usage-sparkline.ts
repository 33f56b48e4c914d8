import type { UsageRow } from "../sdk/node.ts";

const steps = [..."▁▂▃▄▅▆▇█"];

/** Amounts as a line of bars: what is not zero shows, and the most fills its place. */
export function sparkline(amounts: readonly bigint[]): string {
  const most = mostOf(amounts);
  if (most === 0n) return "";
  const height = (amount: bigint) => Number((amount * BigInt(steps.length) * 1000n) / most) / 1000;
  return amounts
    .map((amount) => {
      if (amount === 0n) return " ";
      return steps[Math.min(steps.length - 1, Math.max(0, Math.ceil(height(amount)) - 1))];
    })
    .join("");
}

/** The largest; zero where there are none. */
export function mostOf(amounts: readonly bigint[]): bigint {
  let most = 0n;
  for (const amount of amounts) if (amount > most) most = amount;
  return most;
}

const hourMs = 60 * 60 * 1000;

/** The widest that a line gets, in steps. */
const mostSteps = 96;

/** Hours, or days where there would be too many. */
export function stepOf(fromMs: number, toMs: number): { name: "hour" | "day"; lengthMs: number } {
  const isLong = toMs - fromMs > mostSteps * hourMs;
  return isLong ? { name: "day", lengthMs: 24 * hourMs } : { name: "hour", lengthMs: hourMs };
}

/** What each step cost, from the first to the last, those without a call too. The rows are grouped by the step alone. */
export function costsByStep(
  rows: readonly UsageRow[],
  { fromMs, toMs, lengthMs }: { fromMs: number; toMs: number; lengthMs: number },
): readonly bigint[] {
  const byStart = new Map(
    rows.map(({ values: [start = ""], costNanoUsd }) => [Date.parse(start), costNanoUsd]),
  );
  const costs: bigint[] = [];
  for (let at = Math.floor(fromMs / lengthMs) * lengthMs; at < toMs; at += lengthMs) {
    costs.push(byStart.get(at) ?? 0n);
  }
  return costs;
}
