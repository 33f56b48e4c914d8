import { type Attributes, type Span, SpanStatusCode } from "@opentelemetry/api";
import {
  type Completed,
  HopOutcome,
  HopReason,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Attempt } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import { reasonName } from "../core/error.ts";
import type { Tap } from "../core/events.ts";
import type { CompletionEvent } from "../core/reply.ts";
import {
  finishAttributes,
  outcomeWord,
  reasonWord,
  usageAttributes,
} from "./attempt-attributes.ts";
import { type AttemptFacts, factsOf } from "./attempt-facts.ts";
import { errorType, isAbandoned } from "./error-type.ts";
import type { Instruments } from "./instruments.ts";
import { attributes, type GenAiNames, ownAttributes } from "./semconv.ts";
import type { Telemetry } from "./telemetry.ts";

/** Sees one attempt to its end. */
export interface AttemptRecord extends Required<Tap> {
  /** The first event is in hand. */
  began(): void;
}

/** Where it is written down. */
export interface AttemptRecordOptions {
  readonly clock: Clock;
  /** The endpoint's attributes. */
  readonly about: Attributes;
  /** Absent for an attempt that is not sampled. */
  readonly span: Span | undefined;
  readonly telemetry: Telemetry;
}

/** Begins the record of an attempt. */
export function recordAttempt(attempt: Attempt, options: AttemptRecordOptions): AttemptRecord {
  const { clock, about, span, telemetry } = options;
  const { instruments, names } = telemetry;
  const isStream = attempt.delivery === "stream";
  const startMs = clock.now();
  let firstSeconds: number | undefined;
  let chunkMs: number | undefined;
  let sentBytes = 0;
  let completed: Completed | undefined;

  const secondsSince = (ms: number) => (clock.now() - ms) / 1000;
  const chunk = ({ timePerOutputChunk }: Instruments) => {
    if (chunkMs !== undefined) timePerOutputChunk.record(secondsSince(chunkMs), about);
    chunkMs = clock.now();
  };
  return {
    began() {
      if (!isStream) return;
      firstSeconds = secondsSince(startMs);
      instruments?.timeToFirstChunk.record(firstSeconds, about);
    },
    event(event) {
      if (event.case === "completed") completed = event.value;
      else sentBytes += textBytesOf(event);
      if (isStream && instruments && event.case === "delta") chunk(instruments);
    },
    end(ending) {
      const facts = factsOf(attempt, ending, { completed, sentBytes });
      if (instruments) measure(instruments, attempt, facts, about, secondsSince(startMs));
      if (!span) return;
      if (firstSeconds !== undefined) {
        span.setAttribute(attributes.genAiTimeToFirstChunk, firstSeconds);
      }
      endSpan(span, attempt, facts, names);
    },
  };
}

function textBytesOf(event: CompletionEvent): number {
  const piece = event.case === "delta" ? event.value.piece : undefined;
  return piece?.case === "text" ? Buffer.byteLength(piece.value) : 0;
}

function measure(
  instruments: Instruments,
  attempt: Attempt,
  { outcome, error, usage, costNanoUsd }: AttemptFacts,
  about: Attributes,
  seconds: number,
): void {
  const failed = error && { [attributes.errorType]: errorType(error) };
  instruments.attempts.add(1, {
    ...about,
    ...failed,
    [ownAttributes.hopReason]: reasonWord(attempt),
    [ownAttributes.hopOutcome]: outcomeWord(outcome),
  });
  // Nobody was asked.
  if (outcome === HopOutcome.SKIPPED) return;
  instruments.duration.record(seconds, failed ? { ...about, ...failed } : about);
  if (attempt.reason === HopReason.FAILOVER) instruments.failovers.add(1, about);
  if (usage) instruments.tokens.record(usage, about);
  if (costNanoUsd !== undefined) instruments.costNanoUsd.add(Number(costNanoUsd), about);
}

function endSpan(
  span: Span,
  { endpoint }: Attempt,
  { outcome, error, completed, hop, usage, costNanoUsd }: AttemptFacts,
  names: GenAiNames,
): void {
  span.setAttribute(ownAttributes.hopOutcome, outcomeWord(outcome));
  if (completed) span.setAttributes(finishAttributes(endpoint.model, completed.finishReason));
  // What the provider's support asks for.
  if (hop?.providerRequestId) span.setAttribute(attributes.genAiResponseId, hop.providerRequestId);
  if (usage) span.setAttributes(usageAttributes(usage, names));
  if (costNanoUsd !== undefined) span.setAttribute(ownAttributes.costNanoUsd, Number(costNanoUsd));
  if (error) {
    span.setAttribute(ownAttributes.errorReason, reasonName(error.reason));
    if (!isAbandoned(error)) {
      span.setAttribute(attributes.errorType, errorType(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
  }
  span.end();
}
