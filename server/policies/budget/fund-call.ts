import type { Call, RoutedCall } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
import { GatewayError } from "../../core/error.ts";
import type { Hold, Ledger, NoRoom, UsageRecord } from "../../core/ledger.ts";
import type { BudgetPolicy } from "../../core/policy.ts";
import type { AccountsOf, BudgetAccount } from "./accounts.ts";
import { budgetExceeded, modelNotPriced, noRoomForAttempt } from "./budget-errors.ts";
import type { BudgetWatch } from "./budget-watch.ts";
import { CallSpending } from "./call-spending.ts";
import type { UsualTier } from "./dearest-rates.ts";
import { leastOutput } from "./output-bound.ts";
import { affordableOutput, type CostQuestion, worstWith } from "./worst-case.ts";

/** What money is set aside by. */
export interface FundingOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly accountsOf: AccountsOf;
  readonly usualTier: UsualTier;
  readonly watch: BudgetWatch;
}

/** Which budgets are about a call, and what it may become where they have no room for all of it. */
export interface Funding {
  readonly kind: Exclude<UsageRecord["kind"], "lost">;
  readonly budgets: readonly BudgetPolicy[];
  /** The canonical name of the model, which budgets of models count by. */
  readonly model: string;
  /** Whether a shorter answer will do. */
  readonly mayClamp: boolean;
}

/** A call with its money. */
export interface FundedCall {
  readonly call: RoutedCall;
  readonly spending: CallSpending;
  /** To how many output tokens it was limited; absent where it was not. */
  readonly clampedMaxTokens?: number;
}

/** A budget without room, and the error for a call that nothing else can be done about. */
export interface Unfunded {
  readonly budget: BudgetPolicy;
  readonly error: GatewayError;
}

/** A hold outlives its call's deadline by this: an answer's end has to travel, too. */
const graceMs = 5000;

/** Sets the worst case of one attempt at the dearest endpoint aside, or as much of it as is left and will do. */
export async function fundCall(
  call: RoutedCall,
  funding: Funding,
  options: FundingOptions,
): Promise<FundedCall | Unfunded> {
  const { clock, accountsOf, usualTier, watch } = options;
  const nowEpochMs = clock.epochMs();
  const accounts = accountsOf(funding.budgets, funding.model, call, nowEpochMs);
  refuseUnpriced(call, accounts);
  const { endpoints } = call.route;
  const question: CostQuestion = { request: call.request, usualTier };
  const isHeld = accounts.length > 0;
  const worstNanoUsd = isHeld ? worstWith(endpoints, question) : 0n;
  const leastNanoUsd =
    isHeld && funding.mayClamp
      ? worstWith(endpoints, question, leastOutput(call.request, endpoints))
      : worstNanoUsd;
  const held = await reserve(call, accounts, { worstNanoUsd, leastNanoUsd, nowEpochMs }, options);
  if (held.kind === "no-room") return unfunded(held, accounts, { leastNanoUsd, nowEpochMs });
  if (isHeld) watch.reserved();
  const head = {
    id: call.id,
    kind: funding.kind,
    epochMs: nowEpochMs - Math.round(clock.now() - call.arrivedMs),
    key: call.principal.name,
    tenant: call.principal.tenant ?? "",
    tags: call.request.tags,
  };
  const refuse = () => {
    for (const { policy } of accounts) watch.refused(policy.name);
    throw noRoomForAttempt(accounts);
  };
  const spending = new CallSpending({ isHeld, hold: held, head, watch, refuse });
  if (held.grantedNanoUsd >= worstNanoUsd) return { call: { ...call, spending }, spending };
  const maxTokens = affordableOutput(endpoints, question, held.grantedNanoUsd);
  watch.clamped();
  const request = { ...call.request, maxTokens };
  return { call: { ...call, request, spending }, spending, clampedMaxTokens: maxTokens };
}

interface Amounts {
  readonly worstNanoUsd: bigint;
  readonly leastNanoUsd: bigint;
  readonly nowEpochMs: number;
}

/** Where no budget would refuse the call, the ledger's silence does not either. */
async function reserve(
  { id, deadlineMs }: Call,
  accounts: readonly BudgetAccount[],
  { worstNanoUsd, leastNanoUsd, nowEpochMs }: Amounts,
  { ledger, clock, watch }: FundingOptions,
): Promise<Hold | NoRoom> {
  const expiresEpochMs = nowEpochMs + Math.max(0, deadlineMs - clock.now()) + graceMs;
  try {
    return await ledger.reserve({
      id,
      accounts: accounts.map(({ account }) => account),
      worstNanoUsd,
      leastNanoUsd,
      expiresEpochMs,
    });
  } catch (error) {
    if (accounts.some(({ account }) => account.enforced)) throw error;
    watch.uncounted(error);
    return uncounted(worstNanoUsd);
  }
}

function uncounted(grantedNanoUsd: bigint): Hold {
  return {
    kind: "hold",
    grantedNanoUsd,
    extend: async () => true,
    start: async () => {},
    settle() {},
    release() {},
  };
}

function unfunded(
  noRoom: NoRoom,
  accounts: readonly BudgetAccount[],
  amounts: { leastNanoUsd: bigint; nowEpochMs: number },
): Unfunded {
  const full = accounts.find(({ account }) => account.name === noRoom.account.name);
  if (!full) throw GatewayError.from(new Error(`no such account: ${noRoom.account.name}`));
  return { budget: full.policy, error: budgetExceeded(noRoom, full, amounts) };
}

function refuseUnpriced({ route }: RoutedCall, accounts: readonly BudgetAccount[]): void {
  const held = accounts.find(({ account }) => account.enforced);
  const unpriced = held && route.endpoints.find(({ prices }) => prices === undefined);
  if (unpriced) throw modelNotPriced(unpriced, held);
}
