import {
  isSpanContextValid,
  trace as otel,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
} from "@opentelemetry/api";
import type { Completed, Hop } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Call } from "../core/call.ts";
import { GatewayError } from "../core/error.ts";
import { type Ending, tapEvents } from "../core/events.ts";
import type { Handler, Layer } from "../core/layer.ts";
import { linksOf, withoutLinks } from "../core/linked-context.ts";
import type { Reply } from "../core/reply.ts";
import { totalOfHops } from "../core/total-of-hops.ts";
import { errorType, isAbandoned } from "./error-type.ts";
import { countOpenCalls } from "./open-calls.ts";
import { attributes, ownAttributes } from "./semconv.ts";
import type { Telemetry } from "./telemetry.ts";

/**
 * One span per call, refusals included, that ends when the answer's last event has left or the caller has. A call
 * that nobody samples costs nothing per token, and without telemetry the layer is not there at all.
 */
export function trace({ tracer, instruments }: Omit<Telemetry, "names">): Layer {
  return {
    name: "trace",
    wrap: (next) => {
      const counted = instruments ? countOpenCalls(next, instruments.openCalls) : next;
      return tracer ? tracing(counted, tracer) : counted;
    },
  };
}

function tracing(next: Handler, tracer: Tracer): Handler {
  return async (call) => {
    const span = startSpan(tracer, call);
    const isRecording = span.isRecording();
    // No SDK behind the OpenTelemetry API, and no trace that came in: there is nothing to carry on.
    if (!isRecording && !isSpanContextValid(span.spanContext())) return next(call);
    const context = otel.setSpan(withoutLinks(call.context), span);
    if (!isRecording) return next({ ...call, context });
    try {
      const reply = await next({ ...call, context });
      const events = tapEvents(reply.events, {
        event: (event) => {
          if (event.case === "completed") recordAnswer(span, reply, event.value);
        },
        end: (ending) => endSpan(span, ending),
      });
      return { ...reply, events };
    } catch (error) {
      endSpan(span, { kind: "failed", error });
      throw error;
    }
  };
}

function startSpan(tracer: Tracer, { id, principal, delivery, request, context }: Call): Span {
  const links = linksOf(context);
  return tracer.startSpan(
    "completion",
    {
      kind: SpanKind.INTERNAL,
      attributes: {
        [ownAttributes.requestId]: id,
        [ownAttributes.principal]: principal.name,
        [ownAttributes.delivery]: delivery,
        [ownAttributes.modelAsked]: request.model,
      },
      ...(links && { links: [...links] }),
    },
    context,
  );
}

/** The totals of all attempts. Those of an answer that was joined or repeated are told where they were spent. */
function recordAnswer(span: Span, { hops, replayOf }: Reply, completed: Completed): void {
  if (replayOf) return void span.setAttribute(ownAttributes.replayOf, replayOf);
  const all = [...hops, ...completed.hops];
  recordTotals(span, all, totalOfHops(completed, all));
}

function recordTotals(
  span: Span,
  hops: readonly Hop[],
  { usage, cost }: Pick<Completed, "usage" | "cost">,
): void {
  span.setAttribute(ownAttributes.hopCount, hops.length);
  if (usage) {
    span.setAttribute(ownAttributes.inputTokens, usage.inputTokens);
    span.setAttribute(ownAttributes.outputTokens, usage.outputTokens);
  }
  if (cost) span.setAttribute(ownAttributes.costNanoUsd, Number(cost.nanoUsd));
}

function endSpan(span: Span, ending: Ending): void {
  const error = ending.kind === "failed" ? GatewayError.from(ending.error) : undefined;
  const isOurs = error !== undefined && !isAbandoned(error);
  if (error) span.setAttribute(ownAttributes.hopCount, error.hops.length);
  if (isOurs) {
    span.setAttribute(attributes.errorType, errorType(error));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  const outcome = error && !isOurs ? "abandoned" : ending.kind;
  span.setAttribute(ownAttributes.outcome, outcome);
  span.end();
}
