import { monitorEventLoopDelay } from "node:perf_hooks";
import type { BatchObservableResult, Meter } from "@opentelemetry/api";
import { metricNames } from "./semconv.ts";

/** How often the delay is sampled, in milliseconds; it is also what a delay of nothing is measured as. */
const resolutionMs = 10;

const nanosecondsPerSecond = 1e9;

/** How late the event loop is, in seconds, since the last time that somebody looked; the returned function ends it. */
export function observeEventLoop(meter: Meter): () => void {
  const { p50, p99, max } = metricNames.eventLoopDelay;
  const gauge = (name: string, which: string) =>
    meter.createObservableGauge(name, {
      description: `${which} delay of the event loop since the last collection.`,
      unit: "s",
    });
  const median = gauge(p50, "Median");
  const high = gauge(p99, "99th percentile of the");
  const worst = gauge(max, "Longest");
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  const look = (result: BatchObservableResult) => {
    // Before the first sample there is nothing to tell.
    if (delays.count > 0) {
      result.observe(median, delays.percentile(50) / nanosecondsPerSecond);
      result.observe(high, delays.percentile(99) / nanosecondsPerSecond);
      result.observe(worst, delays.max / nanosecondsPerSecond);
    }
    delays.reset();
  };
  meter.addBatchObservableCallback(look, [median, high, worst]);
  return () => {
    meter.removeBatchObservableCallback(look, [median, high, worst]);
    delays.disable();
  };
}
