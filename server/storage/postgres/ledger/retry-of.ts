import type { Query } from "../database.ts";
import { stepLeavesMs } from "./account-key.ts";
import type { LockedAccount } from "./account-rows.ts";
import type { Report, Verdict } from "./report.ts";

/** Says of every refusal when there can be room: for a calendar its end, for a rolling window when enough has left it. */
export async function retryOf(
  query: Query,
  options: {
    readonly verdicts: ReadonlyMap<string, Verdict>;
    readonly report: Report;
    readonly rows: ReadonlyMap<string, LockedAccount>;
    readonly nowMs: number;
  },
): Promise<ReadonlyMap<string, Verdict>> {
  const { verdicts, report, rows, nowMs } = options;
  const leaving = new Map<string, readonly Step[]>();
  const dated = new Map<string, Verdict>();
  for (const wish of report.wishes) {
    const verdict = verdicts.get(wish.id);
    if (verdict === undefined) continue;
    dated.set(wish.id, verdict);
    if (verdict.kind !== "refused") continue;
    const { key } = verdict;
    const told = report.accounts.get(key);
    const row = rows.get(key);
    if (told === undefined || row === undefined) continue;
    const { window, limitNanoUsd } = told.account;
    if (window.kind === "calendar") {
      dated.set(wish.id, { ...verdict, retryEpochMs: window.endEpochMs });
      continue;
    }
    const steps = leaving.get(key) ?? (await stepsOf(query, row.id));
    leaving.set(key, steps);
    const missing = row.spent + told.charge + wish.least - limitNanoUsd;
    const retryEpochMs = leavesMs(steps, { missing, lengthMs: window.lengthMs, nowMs });
    dated.set(wish.id, { ...verdict, retryEpochMs });
  }
  return dated;
}

interface Step {
  readonly step: bigint;
  readonly spent_nano_usd: bigint;
}

const stepsOf = (query: Query, id: bigint) =>
  query<Step>(
    "SELECT step, spent_nano_usd FROM axonflow.bucket WHERE account_id = $1 ORDER BY step",
    [id],
  );

/** When as much as is missing has left; where nothing is missing, calls under way have it and end in their own time. */
function leavesMs(
  steps: readonly Step[],
  wanted: { readonly missing: bigint; readonly lengthMs: number; readonly nowMs: number },
): number {
  let left = 0n;
  for (const { step, spent_nano_usd } of steps) {
    left += spent_nano_usd;
    if (left >= wanted.missing) return stepLeavesMs(wanted.lengthMs, step);
  }
  return wanted.nowMs + wanted.lengthMs;
}
