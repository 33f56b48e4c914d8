import {
  type ServiceTier,
  type Usage,
  UsageSource,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt } from "../../core/call.ts";
import type { GatewayError } from "../../core/error.ts";
import { estimateUsage } from "../../core/estimate-usage.ts";
import { costOf, priceOf } from "../../core/money.ts";
import type { Taken } from "../../core/spending.ts";
import type { WorstCase } from "./worst-case.ts";

/** An attempt that was begun, and what its stream has brought. */
export interface SentAttempt {
  readonly attempt: Attempt;
  /** Undefined where nobody knows a price. */
  readonly worst: () => WorstCase | undefined;
}

/** Of an attempt that answered: what its provider says, else an estimate. */
export function chargeOfAnswer(
  sent: SentAttempt,
  usage: Usage | undefined,
  serviceTier: ServiceTier,
  streamedBytes: number,
): Taken {
  return taken(sent, usage ?? estimated(sent, streamedBytes), serviceTier, true);
}

/** Of a stream that its reader left: what was streamed, and what was under way. */
export function chargeOfStream(sent: SentAttempt, streamedBytes: number): Taken {
  return taken(sent, doubted(sent, streamedBytes), askedTier(sent), false);
}

/**
 * Of an attempt that failed. What its provider refused costs nothing. A whole answer that nobody waited for, or that could
 * not be read, is written and billed all the same, and nobody tells what it was: it is charged in full.
 */
export function chargeOfFailure(
  sent: SentAttempt,
  error: GatewayError,
  streamedBytes: number | undefined,
): Taken | undefined {
  const { reason, usage } = error;
  if (unsent.has(reason)) return undefined;
  const isAnswered = error.providerRequestId !== undefined && !isUnreadable(reason);
  const isUnknown = leftAlone.has(reason) && !isAnswered;
  // What a cancelled attempt is said to have used is the guess of whoever cancelled it.
  const isTold = usage !== undefined && reason !== ErrorReason.CANCELLED;
  if (sent.attempt.delivery === "unary" && isUnknown && !isTold) return chargeInFull(sent);
  const isBilled = isUnknown || streamedBytes !== undefined;
  const guess = isBilled ? doubted(sent, streamedBytes ?? 0) : undefined;
  return taken(sent, isTold ? usage : guess, askedTier(sent), false);
}

/** The most that it can have been. */
export function chargeInFull(sent: SentAttempt): Taken {
  const worst = sent.worst();
  const guess = estimated(sent, 0);
  const usage = worst ? { ...guess, outputTokens: worst.outputTokens } : guess;
  return { ...taken(sent, usage, askedTier(sent), false), costNanoUsd: worst?.nanoUsd ?? 0n };
}

/** The endpoint was not asked: the gateway itself refused the attempt. */
const unsent: ReadonlySet<ErrorReason> = new Set([
  ErrorReason.CIRCUIT_OPEN,
  ErrorReason.INVALID_FIELD,
  ErrorReason.NOT_SUPPORTED,
]);

/** The gateway stopped waiting, or could not read what came, while the provider may have gone on. */
const leftAlone: ReadonlySet<ErrorReason> = new Set([
  ErrorReason.BLOCKED_BY_POLICY,
  ErrorReason.CANCELLED,
  ErrorReason.DEADLINE_EXCEEDED,
  ErrorReason.DRAINING,
  ErrorReason.PROVIDER_TIMEOUT,
  ErrorReason.PROVIDER_MALFORMED_RESPONSE,
  ErrorReason.INTERNAL,
]);

/** The answer was there, and what it said is not known. */
function isUnreadable(reason: ErrorReason): boolean {
  return reason === ErrorReason.PROVIDER_MALFORMED_RESPONSE || reason === ErrorReason.INTERNAL;
}

function askedTier({ attempt }: SentAttempt): ServiceTier {
  return attempt.request.serviceTier;
}

function estimated({ attempt }: SentAttempt, streamedBytes: number): Usage {
  return estimateUsage(attempt.request, streamedBytes, attempt.continued?.text);
}

/** A fast model writes so many tokens before its provider notices that nobody reads any more. */
const underWayTokens = 32;

/** What an estimate of a prompt may leave out of its template. */
const templateTokens = 8;

/**
 * An estimate for what nobody will ever report, on the side of caution: code and many languages have more tokens than the
 * rule of thumb says.
 */
function doubted(sent: SentAttempt, streamedBytes: number): Usage {
  const guess = estimated(sent, streamedBytes);
  return {
    ...guess,
    inputTokens: 2 * guess.inputTokens + templateTokens,
    outputTokens: Math.ceil((guess.outputTokens * 4) / 3) + underWayTokens,
  };
}

function taken(
  sent: SentAttempt,
  usage: Usage | undefined,
  serviceTier: ServiceTier,
  succeeded: boolean,
): Taken {
  const { provider, region, model, prices } = sent.attempt.endpoint;
  const counted = usage && within(usage, sent);
  const cost =
    counted && prices ? costOf(counted, priceOf(prices, counted, serviceTier)).nanoUsd : 0n;
  const place = { provider, region, model, isPriced: prices !== undefined, succeeded };
  return { ...place, costNanoUsd: cost, ...(counted && { usage: counted }) };
}

/** An estimate of more than is possible is wrong; what a provider reports is what it bills. */
function within(usage: Usage, sent: SentAttempt): Usage {
  const worst = usage.source === UsageSource.ESTIMATED ? sent.worst() : undefined;
  if (!worst) return usage;
  const cached = usage.cacheReadInputTokens + usage.cacheWriteInputTokens;
  return {
    ...usage,
    inputTokens: Math.min(usage.inputTokens, Math.max(0, worst.promptTokens - cached)),
    outputTokens: Math.min(usage.outputTokens, worst.outputTokens),
  };
}
