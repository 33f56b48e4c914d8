import { timestampMs } from "@bufbuild/protobuf/wkt";
import { BudgetAction, type BudgetState } from "../sdk/node.ts";
import { durationWords } from "./duration-words.ts";
import { table } from "./table.ts";
import { usd } from "./usd.ts";

const headings = ["ACCOUNT", "SPENT", "SET ASIDE", "LEFT", "OF USD", "", "ENDS IN", "THEN"];

/** A row for each count of each budget, with a bar of what is spent and set aside. */
export function budgetsSheet(budgets: readonly BudgetState[], nowMs: number): string {
  if (budgets.length === 0) return "No budget has been spent from.\n";
  const rows = budgets.map((budget) => [
    budget.account,
    usd(budget.spentNanoUsd),
    usd(budget.reservedNanoUsd),
    usd(budget.leftNanoUsd),
    usd(budget.limitNanoUsd),
    barOf(budget),
    budget.windowEnd ? durationWords(timestampMs(budget.windowEnd) - nowMs) : "rolling",
    actionOf(budget),
  ]);
  return table([headings, ...rows], [1, 2, 3, 4]);
}

const barWidth = 20;

/** Spent, set aside and left. What is not zero shows. */
function barOf({ spentNanoUsd, reservedNanoUsd, limitNanoUsd }: BudgetState): string {
  const share = (amount: bigint) =>
    limitNanoUsd === 0n ? 1 : Math.min(1, Number(amount) / Number(limitNanoUsd));
  const cells = (amount: bigint) =>
    amount > 0n ? Math.max(1, Math.round(share(amount) * barWidth)) : 0;
  const spent = cells(spentNanoUsd);
  const reserved = Math.min(barWidth - spent, cells(reservedNanoUsd));
  return "█".repeat(spent) + "▒".repeat(reserved) + "░".repeat(barWidth - spent - reserved);
}

function actionOf({ action, downgradeModel }: BudgetState): string {
  switch (action) {
    case BudgetAction.DENY:
      return "calls are refused";
    case BudgetAction.WARN:
      return "it is told, calls go on";
    case BudgetAction.DOWNGRADE:
      return `calls go to ${downgradeModel}`;
    default:
      return "nothing: it is not configured any more";
  }
}
