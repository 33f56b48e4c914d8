import type { BatchObservableResult, Meter } from "@opentelemetry/api";
import type { LiveConfiguration } from "../core/configuration-state.ts";
import { ownMetricNames } from "./semconv.ts";

/** Shows which configuration holds, and whether a newer one was refused. The returned function ends it. */
export function observeConfiguration(
  meter: Meter | undefined,
  configuration: Pick<LiveConfiguration, "state">,
): () => void {
  if (!meter) return () => {};
  const generation = meter.createObservableGauge(ownMetricNames.configurationGeneration, {
    description: "The generation of the configuration that holds: 1 at the start.",
  });
  const refused = meter.createObservableGauge(ownMetricNames.configurationRefused, {
    description: "1 while a newer configuration than the one that holds was refused.",
  });
  const look = (result: BatchObservableResult) => {
    const { state } = configuration;
    result.observe(generation, state.generation);
    result.observe(refused, state.problems.length > 0 ? 1 : 0);
  };
  meter.addBatchObservableCallback(look, [generation, refused]);
  return () => meter.removeBatchObservableCallback(look, [generation, refused]);
}
