import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { ServiceTier } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import {
  BudgetAction,
  BudgetPeriod,
  type BudgetState,
  BudgetStateSchema,
} from "../../gen/axonflow/gateway/v1/usage_pb.ts";
import type { Settings } from "../config/settings.ts";
import type { Attempt, Principal, RoutedCall } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { Layer } from "../core/layer.ts";
import type { AccountState, Ledger } from "../core/ledger.ts";
import type { Log } from "../core/log.ts";
import type { BudgetPolicy, Policies } from "../core/policy.ts";
import { createAccountsOf } from "../policies/budget/accounts.ts";
import { createAccountsWatch } from "../policies/budget/accounts-watch.ts";
import { attemptBudget } from "../policies/budget/attempt-budget.ts";
import { budget } from "../policies/budget/budget.ts";
import {
  type BudgetDirectory,
  createBudgetDirectory,
} from "../policies/budget/budget-directory.ts";
import type { BudgetWatch } from "../policies/budget/budget-watch.ts";
import { copyBudget } from "../policies/budget/copy-budget.ts";
import type { PoliciesFor } from "../policies/call-policies.ts";
import type { Routes } from "../routing/routes.ts";
import { createBudgetMetrics } from "../telemetry/budget-metrics.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";

/** What money is kept with. */
export interface BudgetsOptions {
  readonly settings: Settings;
  readonly ledger: Ledger;
  /** Those of the configuration, to read the names of accounts by; what holds for a call is asked of `policiesFor`. */
  readonly policies: Policies;
  readonly policiesFor: PoliciesFor;
  readonly routes: Routes;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
}

/** The layers of money, and what they know. */
export interface Budgets {
  readonly layers: { readonly budget: Layer<RoutedCall>; readonly attemptBudget: Layer<Attempt> };
  /** For the copies of shadow mode. */
  readonly copyBudget: Layer<Attempt>;
  /** The state of all budgets, or of those that are one licence key's own or its tenant's. */
  states(reader: Principal | undefined): Promise<readonly BudgetState[]>;
  close(): void;
}

/** Puts the money of calls together. The ledger stays the caller's to close. */
export function createBudgets(options: BudgetsOptions): Budgets {
  const { ledger, clock, log, telemetry, policies, policiesFor, routes } = options;
  const configured = policies.map(({ policy }) => policy);
  const directory = createBudgetDirectory(configured.filter((policy) => policy.type === "budget"));
  const metrics = createBudgetMetrics(telemetry.meter, () => accounts.latest);
  const accounts = createAccountsWatch({
    ledger,
    clock,
    percentsOf: (account) => directory(account)?.policy?.alertPercents ?? [],
    reached({ name, spentNanoUsd, limitNanoUsd }, percent) {
      metrics.reached(name, percent);
      const amounts = { spentUsd: dollars(spentNanoUsd), limitUsd: dollars(limitNanoUsd) };
      log.warn({ account: name, percent, ...amounts }, "a budget is spent to a share of its limit");
    },
  });
  const watch: BudgetWatch = {
    ...metrics,
    settled({ kind, costNanoUsd }) {
      metrics.settled(kind, costNanoUsd);
      accounts.nudge();
    },
    overran({ id, provider, region, model, costNanoUsd }, worstNanoUsd) {
      metrics.overran();
      const amounts = { costNanoUsd: String(costNanoUsd), worstNanoUsd: String(worstNanoUsd) };
      const place = { requestId: id, provider, region, model };
      log.error({ ...place, ...amounts }, "a call cost more than was thought to be possible");
    },
    uncounted(error) {
      metrics.uncounted();
      log.warn({ err: error }, "a call is served that the ledger does not count");
    },
  };
  const usualTier = usualTierOf(options.settings);
  const funding = { ledger, clock, accountsOf: createAccountsOf(), usualTier, watch, policiesFor };
  return {
    layers: {
      budget: budget({ ...funding, routeTo: routes }),
      attemptBudget: attemptBudget({ usualTier }),
    },
    copyBudget: copyBudget(funding),
    async states(reader) {
      const found = await ledger.accounts();
      return found.filter((each) => isSeenBy(reader, each.name)).map(stateBy(directory));
    },
    close() {
      accounts.close();
      metrics.close();
    },
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

/** A key sees what is counted for it alone, and for its tenant. */
function isSeenBy(reader: Principal | undefined, account: string): boolean {
  if (!reader) return true;
  const { name, tenant } = reader;
  const isOwn = account.endsWith(`/key:${name}`) && !account.includes("/tag:");
  const isTenants = !!tenant && account.endsWith(`/tenant:${tenant}`) && !account.includes("/tag:");
  return isOwn || isTenants;
}

const periods: Readonly<Record<string, BudgetPeriod>> = {
  minute: BudgetPeriod.MINUTE,
  hour: BudgetPeriod.HOUR,
  day: BudgetPeriod.DAY,
  week: BudgetPeriod.WEEK,
  month: BudgetPeriod.MONTH,
};

const actions: Readonly<Record<BudgetPolicy["action"]["kind"], BudgetAction>> = {
  deny: BudgetAction.DENY,
  warn: BudgetAction.WARN,
  downgrade: BudgetAction.DOWNGRADE,
};

function stateBy(directory: BudgetDirectory): (account: AccountState) => BudgetState {
  return ({ name, window, limitNanoUsd, spentNanoUsd, reservedNanoUsd }) => {
    const { budget = name, period = "", rolling, policy } = directory(name) ?? {};
    const left = limitNanoUsd - spentNanoUsd - reservedNanoUsd;
    const action = policy?.action ?? ownAction(budget);
    return create(BudgetStateSchema, {
      budget,
      account: name,
      period: periods[period] ?? BudgetPeriod.UNSPECIFIED,
      rolling: rolling ?? false,
      limitNanoUsd,
      spentNanoUsd,
      reservedNanoUsd,
      leftNanoUsd: left > 0n ? left : 0n,
      ...(window.kind === "calendar" && { windowEnd: timestampFromMs(window.endEpochMs) }),
      action: action ? actions[action.kind] : BudgetAction.UNSPECIFIED,
      downgradeModel: action?.kind === "downgrade" ? action.model : "",
    });
  };
}

/** The budgets of a licence key's own grants always refuse. */
function ownAction(budget: string): BudgetPolicy["action"] | undefined {
  return budget.startsWith("key:") ? { kind: "deny" } : undefined;
}

function dollars(nanoUsd: bigint): number {
  return Number(nanoUsd) / 1e9;
}
