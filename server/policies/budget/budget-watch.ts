import type { UsageRecord } from "../../core/ledger.ts";

/** Who wants to know what becomes of money: the log and the measurements. None of these may throw or wait. */
export interface BudgetWatch {
  /** Money was set aside for a call that a budget is about. */
  reserved(): void;
  /** A call was refused, or an attempt not made, because this budget has no room. */
  refused(budget: string): void;
  /** An answer was limited to what this call's budgets still buy. */
  clamped(): void;
  /** A call was moved to a cheaper model. */
  downgraded(budget: string): void;
  /** A call's cost is known. */
  settled(record: UsageRecord): void;
  /** A provider charged more than was thought to be possible: the catalogue is wrong about its prices or limits. */
  overran(record: UsageRecord, worstNanoUsd: bigint): void;
  /** An account has reached a share of its limit, in per cent. Once in each window. */
  reached(account: string, percent: number, spentNanoUsd: bigint, limitNanoUsd: bigint): void;
  /** Calls that only budgets of the action `warn` are about go on uncounted while the ledger does not answer. */
  uncounted(error: unknown): void;
}
