import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import { durationMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import {
  CircuitState,
  DrainPlaceRequestSchema,
  GetStatusRequestSchema,
  SetRoutingWeightsRequestSchema,
  UndrainPlaceRequestSchema,
} from "../../../gen/axonflow/gateway/v1/admin_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { noAuditLog } from "../../../server/core/audit-log.ts";
import type { EndpointRecord } from "../../../server/core/endpoint-records.ts";
import type { Traffic } from "../../../server/core/traffic.ts";
import { type Admin, createAdmin } from "../../../server/edge/admin.ts";
import { createGate, type Gate } from "../../../server/edge/gate.ts";
import { createOperators } from "../../../server/edge/operators.ts";
import { sampleEndpoint } from "../../fakes/calls.ts";
import {
  createFakeConfiguration,
  createFakeTraffic,
  recordsOf,
  sampleRecord,
} from "../../fakes/live-state.ts";
import { createManualClock, type ManualClock } from "../../fakes/manual-clock.ts";
import { refusalOf } from "../../fakes/outcomes.ts";
import { createRecordingLog, type RecordingLog } from "../../fakes/recording-log.ts";

const operator = { principal: { name: "ops" }, requestId: "request-1" };
const places = [
  { provider: "bedrock", region: "us-east-1" },
  { provider: "bedrock", region: "us-west-2" },
  { provider: "openai", region: "global" },
];

describe("AdminService", () => {
  let clock: ManualClock;
  let gate: Gate;
  let log: RecordingLog;
  let traffic: Traffic;
  beforeEach(() => {
    clock = createManualClock();
    gate = createGate({ clock });
    log = createRecordingLog();
    traffic = createFakeTraffic();
  });

  const start = (records: readonly EndpointRecord[] = [], adminKeys?: readonly string[]): Admin =>
    createAdmin({
      clock,
      gate,
      operators: createOperators({
        gate,
        log,
        audit: noAuditLog,
        adminKeys: adminKeys && new Set(adminKeys),
      }),
      traffic,
      version: "1.2.3",
      layers: [{ name: "trace", reason: "Outermost." }],
      places,
      records: recordsOf(...records),
      retryBudget: { balance: 7.5, refused: 3, deposit() {}, withdraw: () => true },
      repeatable: { state: { running: 1, kept: 2, bytes: 3000 } },
      configuration: createFakeConfiguration(),
    });
  const statusOf = (admin: Admin) => admin.getStatus(create(GetStatusRequestSchema), operator);
  const setWeights = (admin: Admin, weights: { [provider: string]: number }) =>
    admin.setRoutingWeights(create(SetRoutingWeightsRequestSchema, { weights }), operator);
  const drain = (admin: Admin, place: string) =>
    admin.drainPlace(create(DrainPlaceRequestSchema, { place }), operator);
  const undrain = (admin: Admin, place: string) =>
    admin.undrainPlace(create(UndrainPlaceRequestSchema, { place }), operator);

  it("tells what the process is and how long it has served", () => {
    const admin = start();
    clock.advance(90_500);
    gate.enter();
    const status = statusOf(admin);
    assert.equal(status.version, "1.2.3");
    assert.equal(status.startTime && timestampMs(status.startTime), clock.epochMs() - 90_500);
    assert.equal(status.uptime && durationMs(status.uptime), 90_500);
    assert.equal(status.callsInFlight, 1);
    assert.deepEqual(
      status.layers.map(({ name, reason }) => [name, reason]),
      [["trace", "Outermost."]],
    );
    assert.deepEqual([status.retryBudget?.available, status.retryBudget?.refused], [7.5, 3n]);
    const { running, kept, bytes } = status.idempotency ?? {};
    assert.deepEqual([running, kept, bytes], [1, 2, 3000n]);
  });

  it("tells each endpoint's circuit, counts and times, by name", () => {
    const open = sampleRecord({
      endpoint: sampleEndpoint({ region: "us-west-2" }),
      circuit: "open",
      probeAtMs: clock.now() + 4200,
      inFlight: 2,
      answered: 10,
      failed: 5,
      firstEventMs: (share, delivery) => (delivery === "stream" ? share * 100 : undefined),
    });
    const { endpoints } = statusOf(start([open, sampleRecord({ circuit: "half-open" })]));
    const { model } = sampleEndpoint();
    assert.deepEqual(
      endpoints.map(({ endpoint, circuit }) => [endpoint, circuit]),
      [
        [`bedrock/us-east-1/${model}`, CircuitState.HALF_OPEN],
        [`bedrock/us-west-2/${model}`, CircuitState.OPEN],
      ],
    );
    const [idle, busy] = endpoints;
    assert.equal(idle?.probeIn, undefined);
    assert.ok(busy?.probeIn);
    assert.equal(durationMs(busy.probeIn), 4200);
    assert.deepEqual([busy.inFlight, busy.answered, busy.failed], [2, 10n, 5n]);
    assert.deepEqual([busy.stream?.p50Ms, busy.stream?.p99Ms], [50, 99]);
    assert.equal(busy.unary, undefined);
  });

  it("never tells a probe that is due in the past", () => {
    const due = sampleRecord({ circuit: "open", probeAtMs: clock.now() - 5 });
    const [endpoint] = statusOf(start([due])).endpoints;
    assert.ok(endpoint?.probeIn);
    assert.equal(durationMs(endpoint.probeIn), 0);
  });

  it("replaces the weights, says what holds and writes down who did it", async () => {
    const admin = start();
    assert.deepEqual(statusOf(admin).routingWeights, {});
    const { routingWeights } = await setWeights(admin, { openai: 0.9, bedrock: 0.1 });
    assert.deepEqual(routingWeights, { openai: 0.9, bedrock: 0.1 });
    assert.deepEqual(statusOf(admin).routingWeights, routingWeights);
    await setWeights(admin, { bedrock: 1 });
    assert.deepEqual(statusOf(admin).routingWeights, { bedrock: 1 });
    assert.deepEqual(log.lines[0]?.fields, {
      principal: "ops",
      requestId: "request-1",
      weights: { openai: 0.9, bedrock: 0.1 },
    });
  });

  for (const [place, drained] of [
    ["bedrock/us-west-2", ["bedrock/us-west-2"]],
    ["bedrock", ["bedrock/us-east-1", "bedrock/us-west-2"]],
  ] as const) {
    it(`drains ${place} and lets it serve again, and writes both down`, async () => {
      const admin = start();
      assert.deepEqual((await drain(admin, place)).drainedPlaces, [place]);
      const shown = () =>
        statusOf(admin).places.flatMap((each) => (each.drained ? each.place : []));
      assert.deepEqual(shown(), drained);
      assert.deepEqual((await undrain(admin, place)).drainedPlaces, []);
      assert.deepEqual(shown(), []);
      assert.deepEqual(
        log.lines.map(({ fields }) => [fields.principal, fields.place]),
        [
          ["ops", place],
          ["ops", place],
        ],
      );
    });
  }

  it("passes the refusal of what there is not on, and writes nothing down", async () => {
    const admin = start();
    for (const change of [
      () => setWeights(admin, { bedrock: -1 }),
      () => drain(admin, "nowhere"),
      () => undrain(admin, "nowhere"),
    ]) {
      assert.equal((await refusalOf(change)).code, Code.InvalidArgument);
    }
    assert.deepEqual(log.lines, []);
  });

  const everything = (admin: Admin) => [
    () => statusOf(admin),
    () => setWeights(admin, { bedrock: 1 }),
    () => drain(admin, "bedrock"),
    () => undrain(admin, "bedrock"),
  ];

  it("is for the named keys alone, tells others what to do, and changes nothing for them", async () => {
    for (const call of everything(start([], ["ops"]))) await call();
    traffic = createFakeTraffic();
    for (const call of everything(start([], ["root"]))) {
      const { code, reason, message, metadata } = await refusalOf(call);
      assert.deepEqual([code, reason], [Code.PermissionDenied, ErrorReason.PERMISSION_DENIED]);
      assert.match(message, /licence key ops .*AXONFLOW_ADMIN_KEYS/);
      assert.ok(metadata.remedy);
    }
    assert.equal(traffic.weights, undefined);
  });

  it("is for nobody when keys are asked for and none is named", async () => {
    assert.equal((await refusalOf(() => statusOf(start([], [])))).code, Code.PermissionDenied);
  });

  it("refuses while the gateway drains", async () => {
    const admin = start();
    await gate.drain(0);
    for (const call of everything(admin)) {
      assert.equal((await refusalOf(call)).reason, ErrorReason.DRAINING);
    }
  });
});
