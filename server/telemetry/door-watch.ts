import { type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Clock } from "../core/clock.ts";
import { type DoorWatch, noDoorWatch } from "../core/door-watch.ts";
import type { CallEnd } from "./call-end.ts";
import { httpEnd, httpSpanStart, httpStart } from "./http-attributes.ts";
import { rpcEnd, rpcStart } from "./rpc-attributes.ts";
import type { Telemetry } from "./telemetry.ts";

/**
 * A SERVER span and a measured duration for every call at the doors: by the RPC conventions for gRPC and Connect, by
 * those of HTTP for REST.
 */
export function createDoorWatch(clock: Clock, telemetry: Telemetry): DoorWatch {
  const { tracer, instruments } = telemetry;
  if (!tracer && !instruments) return noDoorWatch;
  return {
    arrived(arrival) {
      const { protocol, method, context } = arrival;
      const isHttp = protocol === "http";
      const startMs = clock.now();
      const started = isHttp ? httpStart(method) : rpcStart(arrival);
      const span = tracer?.startSpan(
        method,
        { kind: SpanKind.SERVER, attributes: isHttp ? httpSpanStart(started) : started },
        context,
      );
      const duration = isHttp ? instruments?.httpDuration : instruments?.rpcDuration;
      let isOver = false;
      return {
        context: span ? trace.setSpan(context, span) : context,
        left(departure) {
          if (isOver) return;
          isOver = true;
          const end = isHttp ? httpEnd(departure) : rpcEnd(arrival, departure);
          if (span) endSpan(span, end);
          duration?.record((clock.now() - startMs) / 1000, { ...started, ...end.attributes });
        },
      };
    },
  };
}

function endSpan(span: Span, { attributes, isError }: CallEnd): void {
  span.setAttributes(attributes);
  if (isError) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
