import {
  isSpanContextValid,
  trace as otel,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
} from "@opentelemetry/api";
import type { Call } from "../core/call.ts";
import { GatewayError, reasonName } from "../core/error.ts";
import { type Ending, tapEvents } from "../core/events.ts";
import type { Layer } from "../core/layer.ts";
import type { CompletionEvent } from "../core/reply.ts";

/**
 * One span per call, refusals included, that ends when the answer's last event has left or the caller has. A call
 * that nobody samples costs nothing per token.
 */
export function trace({ tracer }: { tracer: Tracer }): Layer {
  return {
    name: "trace",
    wrap: (next) => async (call) => {
      const span = tracer.startSpan("completion", attributesOf(call), call.context);
      const isRecording = span.isRecording();
      // No SDK behind the OpenTelemetry API, and no trace that came in: there is nothing to carry on.
      if (!isRecording && !isSpanContextValid(span.spanContext())) return next(call);
      const context = otel.setSpan(call.context, span);
      if (!isRecording) return next({ ...call, context });
      try {
        const reply = await next({ ...call, context });
        const events = tapEvents(reply.events, {
          event: (event) => recordEvent(span, event),
          end: (ending) => endSpan(span, ending),
        });
        return { ...reply, events };
      } catch (error) {
        endSpan(span, { kind: "failed", error });
        throw error;
      }
    },
  };
}

function attributesOf(call: Call) {
  return {
    kind: SpanKind.INTERNAL,
    attributes: {
      "axonflow.request.id": call.id,
      "axonflow.principal": call.principal.name,
      "axonflow.delivery": call.delivery,
      "axonflow.model.asked": call.request.model,
    },
  };
}

function recordEvent(span: Span, event: CompletionEvent): void {
  if (event.case !== "completed") return;
  const { usage, hops } = event.value;
  span.setAttributes({
    "axonflow.hop.count": hops.length,
    "axonflow.usage.input_tokens": usage?.inputTokens ?? 0,
    "axonflow.usage.output_tokens": usage?.outputTokens ?? 0,
  });
}

function endSpan(span: Span, ending: Ending): void {
  if (ending.kind === "failed") {
    const error = GatewayError.from(ending.error);
    span.setAttribute("error.type", reasonName(error.reason));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.setAttribute("axonflow.outcome", ending.kind);
  span.end();
}
