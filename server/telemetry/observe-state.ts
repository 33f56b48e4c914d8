import type { BatchObservableResult, Meter, Observable } from "@opentelemetry/api";
import type { CircuitState, EndpointRecords } from "../core/endpoint-records.ts";
import type { RetryBudget } from "../core/retry-budget.ts";
import { endpointAttributes } from "./attempt-attributes.ts";
import { observeEventLoop } from "./observe-event-loop.ts";
import { ownMetricNames } from "./semconv.ts";

/** What is looked at when somebody collects metrics, and not before. */
export interface ObservedState {
  readonly records: EndpointRecords;
  readonly retryBudget: RetryBudget;
}

/** Begins to look; the returned function ends it. */
export function observeState(meter: Meter, state: ObservedState): () => void {
  const ends = [
    observeEndpoints(meter, state),
    observeRetryBudget(meter, state),
    observeEventLoop(meter),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** The worse, the higher. */
const circuitNumbers: Readonly<Record<CircuitState, number>> = {
  closed: 0,
  "half-open": 1,
  open: 2,
};

function observeEndpoints(meter: Meter, { records }: ObservedState): () => void {
  const circuit = meter.createObservableGauge(ownMetricNames.circuitState, {
    description: "The endpoint's circuit: 0 closed, 1 half-open, 2 open.",
  });
  const inFlight = meter.createObservableGauge(ownMetricNames.endpointInFlight, {
    description: "Attempts under way at the endpoint, streams included.",
    unit: "{attempt}",
  });
  return observe(meter, [circuit, inFlight], (result) => {
    for (const record of records.all()) {
      const about = endpointAttributes(record.endpoint);
      result.observe(circuit, circuitNumbers[record.circuit], about);
      result.observe(inFlight, record.inFlight, about);
    }
  });
}

function observeRetryBudget(meter: Meter, { retryBudget }: ObservedState): () => void {
  const balance = meter.createObservableGauge(ownMetricNames.retryBudgetBalance, {
    description: "Retries that could be made now.",
    unit: "{attempt}",
  });
  const refused = meter.createObservableCounter(ownMetricNames.retryBudgetRefused, {
    description: "Retries that were not made because the budget was spent.",
    unit: "{attempt}",
  });
  return observe(meter, [balance, refused], (result) => {
    result.observe(balance, retryBudget.balance);
    result.observe(refused, retryBudget.refused);
  });
}

function observe(
  meter: Meter,
  instruments: Observable[],
  look: (result: BatchObservableResult) => void,
): () => void {
  meter.addBatchObservableCallback(look, instruments);
  return () => meter.removeBatchObservableCallback(look, instruments);
}
