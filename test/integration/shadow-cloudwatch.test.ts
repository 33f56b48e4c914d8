import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import {
  type CloudWatchSink,
  createCloudWatchSink,
} from "../../server/shadow/sinks/cloudwatch-sink.ts";
import { createManualClock, type ManualClock } from "../fakes/manual-clock.ts";
import { type MetricEndpoint, startMetricEndpoint, valuesOf } from "../fakes/metric-endpoint.ts";
import { createRecordingLog, type RecordingLog } from "../fakes/recording-log.ts";
import { sampleResult } from "../fakes/shadow-results.ts";

const flushMs = 60_000;
const providers = { PrimaryProvider: "openai", ShadowProvider: "bedrock" };

describe("the CloudWatch sink", () => {
  let endpoint: MetricEndpoint;
  let clock: ManualClock;
  let log: RecordingLog;
  let sink: CloudWatchSink;
  const previousUrl = process.env.AWS_ENDPOINT_URL_CLOUDWATCH;
  before(() => {
    process.env.AWS_ACCESS_KEY_ID = "emulator";
    process.env.AWS_SECRET_ACCESS_KEY = "emulator";
  });
  beforeEach(async () => {
    endpoint = await startMetricEndpoint();
    process.env.AWS_ENDPOINT_URL_CLOUDWATCH = endpoint.url;
    clock = createManualClock();
    log = createRecordingLog();
    sink = createCloudWatchSink({ clock, flushMs, region: "eu-west-1", log });
  });
  afterEach(() => endpoint.close());
  after(() => {
    if (previousUrl === undefined) delete process.env.AWS_ENDPOINT_URL_CLOUDWATCH;
    else process.env.AWS_ENDPOINT_URL_CLOUDWATCH = previousUrl;
  });

  /** Until what has been answered has been read too. */
  const settled = async () => {
    while (clock.armed === 0) await new Promise(setImmediate);
  };

  it("gathers results and sends them in the guide's namespace, signed for the region", async () => {
    sink.result(sampleResult());
    sink.result(sampleResult());
    sink.result(sampleResult({ isSelf: true, shadowProvider: "openai" }));
    sink.dropped("busy");
    clock.advance(flushMs);
    const call = await endpoint.calls.next();
    assert.equal(call.namespace, "AxonFlow/LLMShadowMode");
    assert.match(call.authorization, /\/eu-west-1\/monitoring\/aws4_request/);
    const scores = (dimensions?: Record<string, string>) => [
      ...valuesOf([call], "SimilarityScore", dimensions),
    ];
    assert.deepEqual(scores(), [[1, 2]]);
    assert.deepEqual(scores(providers), [[1, 2]]);
    assert.deepEqual(scores({ PrimaryProvider: "openai", ShadowProvider: "openai" }), [[1, 1]]);
    assert.deepEqual([...valuesOf([call], "LatencyDiff")], [[-300, 2]]);
    assert.deepEqual([...valuesOf([call], "ShadowDropped", { Reason: "busy" })], [[1, 1]]);
    for (const { Timestamp } of call.data) assert.equal(Timestamp * 1000, clock.epochMs());
    await settled();
    await sink.close();
    assert.deepEqual(log.lines, []);
  });

  it("sends every so often, and what is left when it is closed", async () => {
    for (const latencyDiff of [1, 2]) {
      const { primary, shadow } = sampleResult();
      assert.ok(primary.kind === "answered" && shadow.kind === "answered");
      const latencyMs = primary.answer.latencyMs + latencyDiff;
      sink.result(sampleResult({ shadow: { ...shadow, answer: { ...shadow.answer, latencyMs } } }));
      clock.advance(flushMs);
      assert.deepEqual(
        [...valuesOf([await endpoint.calls.next()], "LatencyDiff")],
        [[latencyDiff, 1]],
      );
      await settled();
    }
    sink.dropped("cost");
    await sink.close();
    assert.deepEqual([...valuesOf([await endpoint.calls.next()], "ShadowDropped")], [[1, 1]]);
    assert.equal(clock.armed, 1, "only the limit of the closing itself, which ends with it");
  });

  it("sends nothing when there is nothing", async () => {
    clock.advance(flushMs);
    await settled();
    sink.dropped("busy");
    await sink.close();
    const { data } = await endpoint.calls.next();
    assert.deepEqual(new Set(data.map(({ MetricName }) => MetricName)), new Set(["ShadowDropped"]));
  });

  it("drops what is refused, goes on, and complains once a minute", async () => {
    endpoint.behave("refuse");
    const flush = async () => {
      sink.result(sampleResult());
      clock.advance(flushMs / 4);
      await endpoint.calls.next();
      await settled();
    };
    await sink.close();
    sink = createCloudWatchSink({ clock, flushMs: flushMs / 4, region: "eu-west-1", log });
    for (let time = 0; time < 4; time++) await flush();
    assert.deepEqual(
      log.lines.map(({ level, fields }) => [level, fields.error, fields.times]),
      [["warn", "InvalidParameterValueException", 1]],
    );
    await flush();
    assert.equal(log.lines[1]?.fields.times, 4);
    endpoint.behave("take");
    sink.result(sampleResult());
    clock.advance(flushMs / 4);
    const good = await endpoint.calls.next();
    assert.deepEqual([...valuesOf([good], "ShadowRequests")], [[1, 1]], "nothing is sent twice");
    await settled();
    await sink.close();
  });

  it("does not hold up the end of the gateway when CloudWatch hangs", async () => {
    endpoint.behave("hang");
    sink.result(sampleResult());
    clock.advance(flushMs);
    await endpoint.calls.next();
    let isClosed = false;
    const closed = sink.close().then(() => {
      isClosed = true;
    });
    clock.advance(2999);
    await new Promise(setImmediate);
    assert.equal(isClosed, false);
    clock.advance(1);
    await closed;
  });
});
