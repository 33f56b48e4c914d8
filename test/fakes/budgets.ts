import type { BudgetPolicy } from "../../server/core/policy.ts";
import { createAccountsOf } from "../../server/policies/budget/accounts.ts";
import type { BudgetWatch } from "../../server/policies/budget/budget-watch.ts";
import type { FundingOptions } from "../../server/policies/budget/fund-call.ts";
import type { PoliciesFor } from "../../server/policies/call-policies.ts";
import { createManualClock } from "./manual-clock.ts";
import { createMemoryLedger, type MemoryLedger } from "./memory-ledger.ts";

/** Nano-USD of so many dollars. */
export const usd = (amount: number): bigint => BigInt(Math.round(amount * 1e9));

/** A budget of 1 USD a day for the whole gateway that refuses. */
export function sampleBudget(change: Partial<BudgetPolicy> = {}): BudgetPolicy {
  return {
    type: "budget",
    name: "daily",
    appliesTo: { keys: [], tenants: [], models: [], assigned: false },
    scope: { kind: "gateway" },
    limits: [{ period: "day", rolling: false, limitNanoUsd: usd(1) }],
    action: { kind: "deny" },
    zone: "UTC",
    alertPercents: [],
    where: "axonflow.yaml:1",
    ...change,
  };
}

/** These budgets for every call; the model is what is asked for. */
export function policiesOf(...budgets: readonly BudgetPolicy[]): PoliciesFor {
  return ({ request }) => ({
    model: request.model || "claude-3-5-sonnet",
    pii: undefined,
    content: [],
    budgets,
    rates: [],
  });
}

/** What was told, one line each. */
export interface RecordedWatch extends BudgetWatch {
  readonly told: readonly string[];
}

export function recordingWatch(): RecordedWatch {
  const told: string[] = [];
  return {
    told,
    reserved: () => void told.push("reserved"),
    refused: (budget) => void told.push(`refused ${budget}`),
    clamped: () => void told.push("clamped"),
    downgraded: (budget) => void told.push(`downgraded ${budget}`),
    settled: ({ costNanoUsd }) => void told.push(`settled ${costNanoUsd}`),
    overran: (record, worst) => void told.push(`overran ${record.costNanoUsd} > ${worst}`),
    reached: (account, percent) => void told.push(`reached ${account} ${percent}`),
    uncounted: () => void told.push("uncounted"),
  };
}

/** What funding needs, with everything to look at afterwards. */
export function sampleFunding(): FundingOptions & {
  readonly ledger: MemoryLedger;
  readonly watch: RecordedWatch;
} {
  return {
    ledger: createMemoryLedger(),
    clock: createManualClock(),
    accountsOf: createAccountsOf(),
    usualTier: () => 0,
    watch: recordingWatch(),
  };
}
