import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trace as otel, ROOT_CONTEXT } from "@opentelemetry/api";
import { createInstruments } from "../../../server/telemetry/instruments.ts";
import { genAi141 } from "../../../server/telemetry/semconv.ts";
import { countSightings } from "../../../server/telemetry/sightings.ts";
import { createRecordingMeter } from "../../fakes/recording-meter.ts";
import { createRecordingTracer } from "../../fakes/recording-tracer.ts";

describe("personal data that was found", () => {
  it("is counted by entity, direction and action, and stands on the span of its call", () => {
    const meter = createRecordingMeter();
    const tracer = createRecordingTracer();
    const onSighting = countSightings({ instruments: createInstruments(meter, genAi141) });
    const context = otel.setSpan(ROOT_CONTEXT, tracer.startSpan("completion"));
    for (const count of [1, 2]) {
      onSighting({ context }, { entity: "EMAIL", direction: "request", action: "mask", count });
    }
    onSighting({ context }, { entity: "SSN", direction: "response", action: "block", count: 1 });
    assert.deepEqual(tracer.spans[0]?.attributes, {
      "axonflow.redactions.request.email": 2,
      "axonflow.redactions.response.ssn": 1,
    });
    const found = meter.measured.filter(({ name }) => name === "axonflow.redactions");
    assert.deepEqual(
      found.map(({ value, attributes }) => [value, ...Object.values(attributes)]),
      [
        [1, "EMAIL", "request", "mask"],
        [1, "EMAIL", "request", "mask"],
        [1, "SSN", "response", "block"],
      ],
    );
  });

  it("needs neither", () => {
    const sighting = { entity: "EMAIL", direction: "request", action: "redact", count: 1 } as const;
    countSightings({})({ context: ROOT_CONTEXT }, sighting);
  });
});
