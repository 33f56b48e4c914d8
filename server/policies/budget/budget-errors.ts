import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { type Endpoint, endpointName } from "../../core/call.ts";
import { GatewayError } from "../../core/error.ts";
import type { NoRoom } from "../../core/ledger.ts";
import type { BudgetAccount } from "./accounts.ts";

const nanoUsdPerUsd = 1e9;

/** How soon it is worth asking again where calls under way hold the money. */
const momentMs = 1000;

/** A budget has no room for a call: RESOURCE_EXHAUSTED, with when to ask again. */
export function budgetExceeded(
  { account, spentNanoUsd, reservedNanoUsd, retryEpochMs }: NoRoom,
  { policy, limit }: BudgetAccount,
  { leastNanoUsd, nowEpochMs }: { leastNanoUsd: bigint; nowEpochMs: number },
): GatewayError {
  const span = limit.rolling ? `any ${limit.period}` : `a ${limit.period}`;
  const metadata = {
    budget: policy.name,
    account: account.name,
    limit_usd: usd(account.limitNanoUsd),
    spent_usd: usd(spentNanoUsd),
    reserved_usd: usd(reservedNanoUsd),
    needed_usd: usd(leastNanoUsd),
    ...(Number.isFinite(retryEpochMs) && { window_end: new Date(retryEpochMs).toISOString() }),
  };
  // What calls under way have set aside comes free as they end, long before the window does.
  const isOnlyHeld = spentNanoUsd + leastNanoUsd <= account.limitNanoUsd;
  const advice = isOnlyHeld
    ? "Ask again in a moment"
    : "Ask again when the window ends, send a shorter prompt, or ask the operator for more";
  return new GatewayError(
    Code.ResourceExhausted,
    ErrorReason.BUDGET_EXCEEDED,
    `The budget ${policy.name} allows ${metadata.limit_usd} USD in ${span}: ${metadata.spent_usd} are spent, ${metadata.reserved_usd} are set aside for calls under way, and this call may cost ${metadata.needed_usd} even at its shortest. ${advice}.`,
    {
      metadata,
      retryAfterMs: isOnlyHeld ? momentMs : Math.max(momentMs, retryEpochMs - nowEpochMs),
    },
  );
}

/** A call that was admitted has no room for one more attempt. Other endpoints may be cheaper, or running already. */
export function noRoomForAttempt(accounts: readonly BudgetAccount[]): GatewayError {
  const names = [...new Set(accounts.map(({ policy }) => policy.name))].join(", ");
  return new GatewayError(
    Code.ResourceExhausted,
    ErrorReason.BUDGET_EXCEEDED,
    `The attempts before have cost money, and there is no room for one more within the call's budgets (${names}). Ask again later, or ask the operator for more.`,
    { retry: "other-endpoint", metadata: { budget: names } },
  );
}

/** A budget applies, and nobody knows what an endpoint of the route costs. */
export function modelNotPriced(endpoint: Endpoint, { policy }: BudgetAccount): GatewayError {
  const { model } = endpoint;
  const remedy = `Give ${model} a price in the configuration (models: {"${model}": {input_usd, output_usd}}), ask for a model with a price, or take the calls out of the budget ${policy.name}.`;
  return new GatewayError(
    Code.FailedPrecondition,
    ErrorReason.MODEL_NOT_PRICED,
    `The budget ${policy.name} applies, and nobody knows what ${endpointName(endpoint)} costs. ${remedy}`,
    { metadata: { model, budget: policy.name, remedy } },
  );
}

/** Exact, without needless zeros. */
function usd(nanoUsd: bigint): string {
  return String(Number(nanoUsd) / nanoUsdPerUsd);
}
