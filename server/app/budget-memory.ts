import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  BudgetAction,
  type BudgetState,
  BudgetStateSchema,
} from "../../gen/axonflow/gateway/v1/usage_pb.ts";
import { toContractPeriod } from "../core/budget-periods.ts";
import type { Principal } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { AccountState, Ledger } from "../core/ledger.ts";
import type { Log } from "../core/log.ts";
import type { BudgetPolicy, Policies } from "../core/policy.ts";
import { createAccountsWatch } from "../policies/budget/accounts-watch.ts";
import {
  type BudgetDirectory,
  createBudgetDirectory,
} from "../policies/budget/budget-directory.ts";
import type { BudgetWatch } from "../policies/budget/budget-watch.ts";
import { createBudgetMetrics } from "../telemetry/budget-metrics.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";

/** What is known of money beside the ledger; it outlives the pipeline that a reload replaces. */
export interface BudgetMemory {
  /** Told of by the layers. */
  readonly watch: BudgetWatch;
  /** The state of all budgets, or of those that are one licence key's own or its tenant's. */
  states(reader: Principal | undefined): Promise<readonly BudgetState[]>;
  close(): void;
}

export interface BudgetMemoryOptions {
  readonly ledger: Ledger;
  /** Those of the configuration that holds now, to read the names of accounts by. */
  readonly policies: () => Policies;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
}

/** Begins to watch the accounts. The ledger stays the caller's to close. */
export function createBudgetMemory(options: BudgetMemoryOptions): BudgetMemory {
  const { ledger, clock, log, telemetry } = options;
  const directory = directoryOf(options.policies);
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
  return {
    watch,
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

/** Made anew when there are other policies. */
function directoryOf(policies: () => Policies): BudgetDirectory {
  let known: Policies | undefined;
  let directory: BudgetDirectory = () => undefined;
  return (account) => {
    const current = policies();
    if (current !== known) {
      const configured = current.map(({ policy }) => policy);
      directory = createBudgetDirectory(configured.filter((policy) => policy.type === "budget"));
      known = current;
    }
    return directory(account);
  };
}

/** A key sees what is counted for it alone, and for its tenant. */
function isSeenBy(reader: Principal | undefined, account: string): boolean {
  if (!reader) return true;
  const { name, tenant } = reader;
  const isOwn = account.endsWith(`/key:${name}`) && !account.includes("/tag:");
  const isTenants = !!tenant && account.endsWith(`/tenant:${tenant}`) && !account.includes("/tag:");
  return isOwn || isTenants;
}

const actions: Readonly<Record<BudgetPolicy["action"]["kind"], BudgetAction>> = {
  deny: BudgetAction.DENY,
  warn: BudgetAction.WARN,
  downgrade: BudgetAction.DOWNGRADE,
};

function stateBy(directory: BudgetDirectory): (account: AccountState) => BudgetState {
  return ({ name, window, limitNanoUsd, spentNanoUsd, reservedNanoUsd }) => {
    const { budget = name, period, rolling, policy } = directory(name) ?? {};
    const left = limitNanoUsd - spentNanoUsd - reservedNanoUsd;
    const action = policy?.action ?? ownAction(budget);
    return create(BudgetStateSchema, {
      budget,
      account: name,
      ...(period && { period: toContractPeriod(period) }),
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
