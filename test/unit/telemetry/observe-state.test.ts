import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CircuitState, EndpointRecord } from "../../../server/core/endpoint-records.ts";
import { observeState } from "../../../server/telemetry/observe-state.ts";
import { sampleEndpoint } from "../../fakes/calls.ts";
import { createRecordingMeter } from "../../fakes/recording-meter.ts";

function recordOf(region: string, circuit: CircuitState): EndpointRecord {
  const endpoint = sampleEndpoint({ region });
  const counts = { inFlight: 3, answered: 1, failed: 0 };
  return { endpoint, circuit, probeAtMs: undefined, ...counts, firstEventMs: () => undefined };
}

describe("what is looked at when metrics are collected", () => {
  it("is each endpoint's circuit and load, the retry budget, and the event loop", () => {
    const meter = createRecordingMeter();
    const records = [
      recordOf("us-east-1", "open"),
      recordOf("us-west-2", "half-open"),
      recordOf("eu-west-1", "closed"),
    ];
    const end = observeState(meter, {
      records: { of: () => undefined, all: () => records },
      retryBudget: { deposit() {}, withdraw: () => true, balance: 7, refused: 2 },
    });
    const seen = meter.collect();
    const valuesOf = (name: string) =>
      seen.filter((one) => one.name === name).map(({ value }) => value);
    assert.deepEqual(valuesOf("axonflow.circuit.state"), [2, 1, 0]);
    assert.deepEqual(valuesOf("axonflow.endpoint.in_flight"), [3, 3, 3]);
    assert.deepEqual(valuesOf("axonflow.retry_budget.balance"), [7]);
    assert.deepEqual(valuesOf("axonflow.retry_budget.refused"), [2]);
    assert.equal(seen[0]?.attributes["cloud.region"], "us-east-1");
    end();
    assert.deepEqual(meter.collect(), [], "nobody looks after the end");
  });
});
