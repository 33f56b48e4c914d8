import {
  type Attributes,
  isSpanContextValid,
  trace as otel,
  type Span,
  SpanKind,
  type Tracer,
} from "@opentelemetry/api";
import type { Attempt } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import { tapEvents } from "../core/events.ts";
import type { Handler, Layer } from "../core/layer.ts";
import { linksOf } from "../core/linked-context.ts";
import type { Reply } from "../core/reply.ts";
import {
  type EndpointFacts,
  endpointAttributes,
  operation,
  startAttributes,
} from "./attempt-attributes.ts";
import { recordAttempt } from "./attempt-record.ts";
import type { Telemetry } from "./telemetry.ts";

export interface AttemptSpanOptions {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly facts: EndpointFacts;
}

/**
 * One CLIENT span and one set of measurements per try, retries and copies of shadow mode included. The provider is sent
 * this span's id, so that what it does hangs below the try and not beside it. Without telemetry it is not there at all.
 */
export function attemptSpan(options: AttemptSpanOptions): Layer<Attempt> {
  const { tracer, instruments } = options.telemetry;
  return {
    name: "attemptSpan",
    wrap: (next) => (tracer || instruments ? watching(next, options) : next),
  };
}

function watching(next: Handler<Attempt>, options: AttemptSpanOptions): Handler<Attempt> {
  const { clock, facts, telemetry } = options;
  const { tracer, instruments } = telemetry;
  return async (attempt) => {
    const about = endpointAttributes(attempt.endpoint);
    const started = tracer && startSpan(tracer, attempt, startAttributes(attempt, about, facts));
    const span = started?.isRecording() ? started : undefined;
    const tried = carrying(attempt, started);
    if (!span && !instruments) return next(tried);
    const record = recordAttempt(attempt, { clock, about, span, telemetry });
    try {
      const reply: Reply = await next(tried);
      record.began();
      return { ...reply, events: tapEvents(reply.events, record) };
    } catch (error) {
      record.end({ kind: "failed", error });
      throw error;
    }
  };
}

function startSpan(tracer: Tracer, attempt: Attempt, attributes: Attributes): Span {
  const { context, endpoint } = attempt;
  const links = linksOf(context);
  return tracer.startSpan(
    `${operation} ${endpoint.model}`,
    { kind: SpanKind.CLIENT, attributes, ...(links && { links: [...links] }) },
    context,
  );
}

function carrying(attempt: Attempt, span: Span | undefined): Attempt {
  if (!span || !isSpanContextValid(span.spanContext())) return attempt;
  return { ...attempt, context: otel.setSpan(attempt.context, span) };
}
