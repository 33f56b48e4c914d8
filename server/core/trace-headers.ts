import { type Context, isSpanContextValid, propagation, trace } from "@opentelemetry/api";

const none: Readonly<Record<string, string>> = {};

/**
 * The headers by which a provider can go on with a trace (W3C Trace Context, or what `OTEL_PROPAGATORS` says); none where
 * nobody traces. The caller's baggage stays here: it was not meant for the provider.
 */
export function traceHeaders(context: Context): Readonly<Record<string, string>> {
  const spanContext = trace.getSpanContext(context);
  if (!spanContext || !isSpanContextValid(spanContext)) return none;
  const headers: Record<string, string> = {};
  const hasBaggage = propagation.getBaggage(context) !== undefined;
  propagation.inject(hasBaggage ? propagation.deleteBaggage(context) : context, headers);
  return headers;
}
