import { Code } from "@connectrpc/connect";
import {
  type Hop,
  HopOutcome,
  HopSchema,
  ServiceTier,
  type Usage,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Cost } from "../../gen/axonflow/gateway/v1/money_pb.ts";
import type { Attempt, Endpoint } from "../core/call.ts";
import { type GatewayError, reasonName } from "../core/error.ts";
import { costOf, priceOf } from "../core/money.ts";

/** What became of an attempt; without an error it succeeded. */
export interface HopFacts {
  readonly error?: GatewayError;
  /** Default: what the error says of it. */
  readonly outcome?: HopOutcome;
  readonly usage?: Usage | undefined;
  /** Default: what the usage costs at the standard price. */
  readonly cost?: Cost | undefined;
  readonly providerRequestId?: string | undefined;
}

/** In milliseconds of `Clock.now`. */
export interface HopTimes {
  readonly startMs: number;
  /** Absent where no event came. */
  readonly firstMs?: number | undefined;
  readonly endMs: number;
}

/** The record of one attempt, as it stands in answers and errors. */
export function hopOf(
  { endpoint, reason, arrivedMs }: Attempt,
  { startMs, firstMs, endMs }: HopTimes,
  facts: HopFacts,
): Hop {
  const { error, usage, providerRequestId = "", cost = costAt(endpoint, usage) } = facts;
  return {
    $typeName: HopSchema.typeName,
    provider: endpoint.provider,
    region: endpoint.region,
    model: endpoint.model,
    outcome: facts.outcome ?? (error ? outcomeOf(error) : HopOutcome.SUCCEEDED),
    errorReason: error ? reasonName(error.reason) : "",
    reason,
    startMs: BigInt(Math.round(startMs - arrivedMs)),
    latencyMs: BigInt(Math.round(endMs - startMs)),
    ...(firstMs !== undefined && { timeToFirstTokenMs: BigInt(Math.round(firstMs - startMs)) }),
    providerRequestId,
    ...(usage && { usage }),
    ...(cost && { cost }),
  };
}

/** Undefined where there is nothing to price, or no price. */
export function costAt(
  { prices }: Endpoint,
  usage: Usage | undefined,
  serviceTier: ServiceTier = ServiceTier.UNSPECIFIED,
): Cost | undefined {
  return usage && prices && costOf(usage, priceOf(prices, usage, serviceTier));
}

/** The gateway itself did not make the attempt. */
const notAsked: ReadonlySet<ErrorReason> = new Set([
  ErrorReason.CIRCUIT_OPEN,
  ErrorReason.BUDGET_EXCEEDED,
  ErrorReason.LEDGER_UNAVAILABLE,
]);

/** The call ended, and the attempt with it. */
const callEnds: ReadonlySet<ErrorReason> = new Set([
  ErrorReason.DEADLINE_EXCEEDED,
  ErrorReason.BLOCKED_BY_POLICY,
]);

function outcomeOf({ code, reason }: GatewayError): HopOutcome {
  if (notAsked.has(reason)) return HopOutcome.SKIPPED;
  const left = code === Code.Canceled || callEnds.has(reason);
  return left ? HopOutcome.CANCELLED : HopOutcome.FAILED;
}
