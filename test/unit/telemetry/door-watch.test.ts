import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ROOT_CONTEXT, SpanStatusCode } from "@opentelemetry/api";
import { type Arrival, type Departure, noDoorWatch } from "../../../server/core/door-watch.ts";
import { createDoorWatch } from "../../../server/telemetry/door-watch.ts";
import { createInstruments } from "../../../server/telemetry/instruments.ts";
import { genAi141 } from "../../../server/telemetry/semconv.ts";
import { noTelemetry } from "../../../server/telemetry/telemetry.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { createRecordingMeter } from "../../fakes/recording-meter.ts";
import { createRecordingTracer } from "../../fakes/recording-tracer.ts";

const method = "axonflow.gateway.v1.CompletionService/Complete";

function watched(arrival: Omit<Arrival, "context">, ...departures: readonly Departure[]) {
  const clock = createManualClock();
  const tracer = createRecordingTracer();
  const meter = createRecordingMeter();
  const instruments = createInstruments(meter, genAi141);
  const watch = createDoorWatch(clock, { tracer, instruments, names: genAi141 });
  const call = watch.arrived({ ...arrival, context: ROOT_CONTEXT });
  clock.advance(500);
  for (const departure of departures) call.left(departure);
  const [span] = tracer.spans;
  assert.ok(span);
  return { span, measured: meter.measured };
}

describe("the watch at the doors", () => {
  const ok = undefined;
  for (const [protocol, code, status, isError] of [
    ["grpc", ok, "OK", false],
    ["grpc", Code.InvalidArgument, "INVALID_ARGUMENT", false],
    ["grpc", Code.ResourceExhausted, "RESOURCE_EXHAUSTED", false],
    ["grpc", Code.Canceled, "CANCELLED", false],
    ["grpc", Code.DeadlineExceeded, "DEADLINE_EXCEEDED", true],
    ["grpc", Code.Unavailable, "UNAVAILABLE", true],
    ["connect", ok, undefined, false],
    ["connect", Code.Canceled, "canceled", false],
    ["connect", Code.Unauthenticated, "unauthenticated", false],
    ["connect", Code.Unknown, "unknown", true],
    ["connect", Code.Unimplemented, "unimplemented", true],
    ["connect", Code.Internal, "internal", true],
    ["connect", Code.DataLoss, "data_loss", true],
  ] as const) {
    it(`writes ${code && Code[code]} of ${protocol} as ${status}, ${isError ? "an" : "no"} error`, () => {
      const { span, measured } = watched({ protocol, method }, { code });
      const attributes = {
        "rpc.system.name": protocol === "grpc" ? "grpc" : "connectrpc",
        "rpc.method": method,
        ...(status && { "rpc.status_code": status }),
        ...(isError && { "error.type": status }),
      };
      assert.equal(span.name, method);
      assert.deepEqual(span.attributes, attributes);
      assert.equal(span.status?.code, isError ? SpanStatusCode.ERROR : undefined);
      assert.deepEqual(measured, [{ name: "rpc.server.call.duration", value: 0.5, attributes }]);
    });
  }

  for (const [departure, attributes, isError] of [
    [{ httpStatus: 200 }, { "http.response.status_code": 200 }, false],
    [{ httpStatus: 401, code: Code.Unauthenticated }, { "http.response.status_code": 401 }, false],
    [
      { httpStatus: 503, code: Code.Unavailable, reason: "DRAINING" },
      { "http.response.status_code": 503, "error.type": "503" },
      true,
    ],
    [
      { httpStatus: 200, code: Code.Unavailable, reason: "STREAM_INTERRUPTED" },
      { "http.response.status_code": 200, "error.type": "STREAM_INTERRUPTED" },
      true,
    ],
    [{ httpStatus: 200, code: Code.Canceled }, { "http.response.status_code": 200 }, false],
  ] as const) {
    it(`writes REST by the conventions of HTTP: ${JSON.stringify(departure)}`, () => {
      const arrival = { protocol: "http", method: "POST /v1/complete" } as const;
      const { span, measured } = watched(arrival, departure);
      const named = { "http.request.method": "POST", "http.route": "/v1/complete" };
      const labels = { ...named, "url.scheme": "http", ...attributes };
      assert.deepEqual(span.attributes, { ...labels, "url.path": "/v1/complete" });
      assert.equal(span.status?.code, isError ? SpanStatusCode.ERROR : undefined);
      assert.equal(measured[0]?.name, "http.server.request.duration");
      assert.deepEqual(measured[0]?.attributes, labels);
    });
  }

  it("hears the first word about an end alone", () => {
    const departures = [{ code: Code.Unavailable }, {}, { code: Code.Canceled }];
    const { span, measured } = watched({ protocol: "grpc", method }, ...departures);
    assert.equal(span.attributes["rpc.status_code"], "UNAVAILABLE");
    assert.deepEqual([span.ends, measured.length], [1, 1]);
  });

  it("is nothing without telemetry, and leaves the caller's context as it is", () => {
    const watch = createDoorWatch(createManualClock(), noTelemetry);
    assert.equal(watch, noDoorWatch);
    const arrival = { protocol: "grpc", method, context: ROOT_CONTEXT } as const;
    assert.equal(watch.arrived(arrival).context, ROOT_CONTEXT);
  });
});
