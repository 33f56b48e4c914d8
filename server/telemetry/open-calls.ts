import type { Meter } from "@opentelemetry/api";
import type { Delivery } from "../core/call.ts";
import { tapEvents } from "../core/events.ts";
import type { Handler } from "../core/layer.ts";
import { ownAttributes, ownMetricNames } from "./semconv.ts";

/** How many calls are being answered, by delivery. A number, and no measurement for every call. */
export type OpenCalls = Record<Delivery, number>;

/** Begins with none; they are looked at when somebody collects metrics. */
export function observeOpenCalls(meter: Meter): OpenCalls {
  const open: OpenCalls = { unary: 0, stream: 0 };
  const gauge = meter.createObservableGauge(ownMetricNames.openCalls, {
    description: "Calls that are being answered, by delivery.",
    unit: "{call}",
  });
  const look: Parameters<Meter["addBatchObservableCallback"]>[0] = (result) => {
    for (const delivery of ["unary", "stream"] as const) {
      result.observe(gauge, open[delivery], { [ownAttributes.delivery]: delivery });
    }
  };
  meter.addBatchObservableCallback(look, [gauge]);
  return open;
}

/** Counts each call until its last event has left or its caller has. */
export function countOpenCalls(next: Handler, open: OpenCalls): Handler {
  return async (call) => {
    const { delivery } = call;
    open[delivery] += 1;
    const end = () => {
      open[delivery] -= 1;
    };
    try {
      const reply = await next(call);
      return { ...reply, events: tapEvents(reply.events, { end }) };
    } catch (error) {
      end();
      throw error;
    }
  };
}
