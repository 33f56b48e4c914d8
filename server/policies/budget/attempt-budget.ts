import { ServiceTier } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Attempt } from "../../core/call.ts";
import { GatewayError } from "../../core/error.ts";
import { type Ending, tapEvents } from "../../core/events.ts";
import type { Layer } from "../../core/layer.ts";
import type { CompletionEvent, Reply } from "../../core/reply.ts";
import { abortError } from "../../core/signals.ts";
import type { FundedAttempt } from "../../core/spending.ts";
import {
  chargeInFull,
  chargeOfAnswer,
  chargeOfFailure,
  chargeOfStream,
  type SentAttempt,
} from "./attempt-charge.ts";
import type { UsualTier } from "./dearest-rates.ts";
import { worstCase } from "./worst-case.ts";

/**
 * Sets money aside for every attempt before it is sent, on top of what the attempts before it took, and says what it took
 * when it has ended, however it did. An attempt for which there is no room is not made.
 */
export function attemptBudget({ usualTier }: { readonly usualTier: UsualTier }): Layer<Attempt> {
  return {
    name: "attemptBudget",
    wrap: (next) => async (attempt) => {
      const { spending, endpoint, request, continued, signal } = attempt;
      if (!spending) return next(attempt);
      const worst = once(() => worstCase(endpoint, { request, continued, usualTier }));
      const sent: SentAttempt = { attempt, worst };
      const funded = await spending.begin(spending.isHeld ? (worst()?.nanoUsd ?? 0n) : 0n);
      if (signal.aborted) {
        funded.end(undefined);
        throw abortError(signal);
      }
      try {
        return watched(await next(attempt), sent, funded);
      } catch (thrown) {
        funded.end(chargeOfFailure(sent, GatewayError.from(thrown), undefined));
        throw thrown;
      }
    },
  };
}

/** Works it out when it is first asked for, if it is. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function watched(reply: Reply, sent: SentAttempt, funded: FundedAttempt): Reply {
  let streamedBytes = 0;
  let isCharged = false;
  const event = (event: CompletionEvent) => {
    if (event.case === "delta") streamedBytes += bytesOf(event.value.piece);
    if (event.case !== "completed") return;
    const { usage, serviceTier = ServiceTier.UNSPECIFIED } = event.value;
    funded.end(chargeOfAnswer(sent, usage, serviceTier, streamedBytes));
    isCharged = true;
  };
  const end = (ending: Ending) => {
    if (isCharged) return;
    if (ending.kind === "failed") {
      funded.end(chargeOfFailure(sent, GatewayError.from(ending.error), streamedBytes));
    } else if (sent.attempt.delivery === "stream") {
      funded.end(chargeOfStream(sent, streamedBytes));
    } else funded.end(chargeInFull(sent));
  };
  return { ...reply, events: tapEvents(reply.events, { event, end }) };
}

function bytesOf(piece: Extract<CompletionEvent, { case: "delta" }>["value"]["piece"]): number {
  switch (piece.case) {
    case "text":
      return Buffer.byteLength(piece.value);
    case "toolUse":
      return Buffer.byteLength(piece.value.inputJson) + piece.value.name.length;
    case "reasoning":
      return Buffer.byteLength(piece.value.text) + piece.value.redactedContent.length;
    default:
      return 0;
  }
}
