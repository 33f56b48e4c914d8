import { ServiceTier } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Settings } from "../config/settings.ts";
import type { Attempt, RoutedCall } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { Layer } from "../core/layer.ts";
import type { Ledger } from "../core/ledger.ts";
import { createAccountsOf } from "../policies/budget/accounts.ts";
import { attemptBudget } from "../policies/budget/attempt-budget.ts";
import { budget } from "../policies/budget/budget.ts";
import { copyBudget } from "../policies/budget/copy-budget.ts";
import type { PoliciesFor } from "../policies/call-policies.ts";
import type { Routes } from "../routing/routes.ts";
import type { BudgetMemory } from "./budget-memory.ts";

/** What money is kept with. */
export interface BudgetsOptions {
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly memory: BudgetMemory;
  readonly policiesFor: PoliciesFor;
  readonly routes: Routes;
  readonly clock: Clock;
}

/** The layers of money. */
export interface Budgets {
  readonly layers: { readonly budget: Layer<RoutedCall>; readonly attemptBudget: Layer<Attempt> };
  /** For the copies of shadow mode. */
  readonly copyBudget: Layer<Attempt>;
}

/** Puts the money of calls together. */
export function createBudgets(options: BudgetsOptions): Budgets {
  const { ledger, clock, memory, policiesFor, routes } = options;
  const { watch } = memory;
  const usualTier = usualTierOf(options.settings);
  const funding = { ledger, clock, accountsOf: createAccountsOf(), usualTier, watch, policiesFor };
  return {
    layers: {
      budget: budget({ ...funding, routeTo: routes }),
      attemptBudget: attemptBudget({ usualTier }),
    },
    copyBudget: copyBudget(funding),
  };
}

const tiers: Readonly<Record<NonNullable<Settings["bedrockServiceTier"]>, ServiceTier>> = {
  default: ServiceTier.DEFAULT,
  priority: ServiceTier.PRIORITY,
  flex: ServiceTier.FLEX,
  reserved: ServiceTier.RESERVED,
};

/** Bedrock's tier can be configured. */
function usualTierOf({ bedrockServiceTier: asked }: Settings) {
  const tier = asked ? tiers[asked] : ServiceTier.UNSPECIFIED;
  return (provider: string) => (provider === "bedrock" ? tier : ServiceTier.UNSPECIFIED);
}
