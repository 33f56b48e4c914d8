import type { Meter, ObservableResult } from "@opentelemetry/api";
import type { AccountState } from "../core/ledger.ts";
import { ownMetricNames } from "./semconv.ts";

/** Measurements of money against budgets. */
export interface BudgetMetrics {
  reserved(): void;
  refused(budget: string): void;
  clamped(): void;
  downgraded(budget: string): void;
  settled(kind: string, costNanoUsd: bigint): void;
  overran(): void;
  reached(account: string, percent: number): void;
  uncounted(): void;
  /** Nothing is looked at any more. */
  close(): void;
}

/** Accounts may be as many as values of a tag; so many are shown. */
const mostAccounts = 1000;

/** Without a meter nothing is measured. `accounts` is asked when somebody collects. */
export function createBudgetMetrics(
  meter: Meter | undefined,
  accounts: () => readonly AccountState[],
): BudgetMetrics {
  if (!meter) return none;
  const counter = (name: string, description: string, unit: string) =>
    meter.createCounter(name, { description, unit });
  const calls = (name: string, description: string) => counter(name, description, "{call}");
  const reservations = calls(
    ownMetricNames.budgetReservations,
    "Calls that money was set aside for.",
  );
  const refused = calls(
    ownMetricNames.budgetRefused,
    "Calls and attempts that a budget had no room for.",
  );
  const clamped = calls(
    ownMetricNames.budgetClamped,
    "Answers that were limited to what their budgets still bought.",
  );
  const downgraded = calls(
    ownMetricNames.budgetDowngraded,
    "Calls that were moved to a cheaper model.",
  );
  const overran = calls(
    ownMetricNames.budgetOverran,
    "Calls that cost more than was thought to be possible.",
  );
  const uncounted = calls(
    ownMetricNames.budgetUncounted,
    "Calls that were served while the ledger did not answer, and were not counted.",
  );
  const alerts = counter(
    ownMetricNames.budgetAlerts,
    "Times that an account reached a share of its limit.",
    "{alert}",
  );
  const settled = counter(
    ownMetricNames.budgetSettled,
    "What calls cost, in billionths of a US dollar.",
    "{nano_usd}",
  );
  const left = meter.createObservableGauge(ownMetricNames.budgetLeft, {
    description: "What an account has left, in billionths of a US dollar.",
    unit: "{nano_usd}",
  });
  const look = (result: ObservableResult) => {
    for (const { name, limitNanoUsd, spentNanoUsd, reservedNanoUsd } of accounts().slice(
      0,
      mostAccounts,
    )) {
      const amount = Number(limitNanoUsd - spentNanoUsd - reservedNanoUsd);
      result.observe(amount, { "axonflow.budget.account": name });
    }
  };
  left.addCallback(look);
  return {
    reserved: () => reservations.add(1),
    refused: (budget) => refused.add(1, { "axonflow.budget.name": budget }),
    clamped: () => clamped.add(1),
    downgraded: (budget) => downgraded.add(1, { "axonflow.budget.name": budget }),
    settled: (kind, cost) => settled.add(Number(cost), { "axonflow.usage.kind": kind }),
    overran: () => overran.add(1),
    reached: (account, percent) =>
      alerts.add(1, { "axonflow.budget.account": account, "axonflow.budget.percent": percent }),
    uncounted: () => uncounted.add(1),
    close: () => left.removeCallback(look),
  };
}

const nothing = () => {};

const none: BudgetMetrics = {
  reserved: nothing,
  refused: nothing,
  clamped: nothing,
  downgraded: nothing,
  settled: nothing,
  overran: nothing,
  reached: nothing,
  uncounted: nothing,
  close: nothing,
};
