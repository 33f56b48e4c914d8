import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { trace as otel, SpanStatusCode } from "@opentelemetry/api";
import {
  HopOutcome,
  HopReason,
  HopSchema,
  UsageSchema,
  UsageSource,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { CostSchema } from "../../../gen/axonflow/gateway/v1/money_pb.ts";
import type { Attempt } from "../../../server/core/call.ts";
import { GatewayError } from "../../../server/core/error.ts";
import { shadowContext } from "../../../server/core/linked-context.ts";
import { attemptSpan } from "../../../server/telemetry/attempt-span.ts";
import { createInstruments } from "../../../server/telemetry/instruments.ts";
import {
  type GenAiNames,
  genAi141,
  genAiLatest,
  genAiNames,
} from "../../../server/telemetry/semconv.ts";
import { noTelemetry } from "../../../server/telemetry/telemetry.ts";
import { sampleAttempt, sampleRequest } from "../../fakes/calls.ts";
import { completedEvent, textEvent } from "../../fakes/completion-events.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { readAll, refusalOf } from "../../fakes/outcomes.ts";
import { createRecordingMeter } from "../../fakes/recording-meter.ts";
import { createRecordingTracer } from "../../fakes/recording-tracer.ts";
import { type Answer, scriptedHandler, scriptedReply } from "../../fakes/scripted-handler.ts";

const usage = create(UsageSchema, {
  inputTokens: 8,
  outputTokens: 6,
  cacheReadInputTokens: 100,
  cacheWriteInputTokens: 20,
  reasoningTokens: 2,
  source: UsageSource.REPORTED,
});
const hop = create(HopSchema, {
  provider: "bedrock",
  outcome: HopOutcome.SUCCEEDED,
  providerRequestId: "aws-1",
  usage,
  cost: create(CostSchema, { nanoUsd: 114_000n }),
});
const facts = {
  addressOf: () => ({ host: "bedrock.example", port: 443 }),
  guardrailOf: () => undefined,
};

function start(answer: Answer, names: GenAiNames = genAi141) {
  const clock = createManualClock();
  const tracer = createRecordingTracer();
  const meter = createRecordingMeter();
  const telemetry = { tracer, instruments: createInstruments(meter, names), names };
  const handler = scriptedHandler<Attempt>(answer);
  const handle = attemptSpan({ clock, telemetry, facts }).wrap(handler.handle);
  const theSpan = () => {
    assert.equal(tracer.spans.length, 1);
    assert.ok(tracer.spans[0]);
    return tracer.spans[0];
  };
  return { handle, calls: handler.calls, theSpan, meter, clock };
}

const answered = () => scriptedReply(textEvent("a"), completedEvent({ hops: [hop], usage }));

describe("attemptSpan", () => {
  it("has what samplers decide by from the start, and what became of it at the end", async () => {
    const { handle, theSpan, calls } = start(answered());
    const request = sampleRequest({ maxTokens: 50, temperature: 0.5, topP: 0.9 });
    const reply = await handle(sampleAttempt({ request, number: 2, reason: HopReason.RETRY }));
    const { model } = reply.endpoint;
    assert.equal(theSpan().name, `chat ${model}`);
    const started = {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "aws.bedrock",
      "gen_ai.request.model": model,
      "cloud.region": "us-east-1",
      "server.address": "bedrock.example",
      "server.port": 443,
      "axonflow.hop.index": 1,
      "axonflow.hop.reason": "retry",
      "gen_ai.request.max_tokens": 50,
      "gen_ai.request.temperature": 0.5,
      "gen_ai.request.top_p": 0.9,
      "gen_ai.request.stream": true,
    };
    assert.deepEqual(theSpan().attributes, started);
    assert.ok(calls[0] && otel.getSpan(calls[0].context), "the provider goes on with this span");
    await readAll(reply.events);
    assert.deepEqual(theSpan().attributes, {
      ...started,
      "axonflow.hop.outcome": "succeeded",
      "gen_ai.response.time_to_first_chunk": 0,
      "gen_ai.response.model": model,
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.response.id": "aws-1",
      "gen_ai.usage.input_tokens": 128,
      "gen_ai.usage.output_tokens": 6,
      "gen_ai.usage.cache_read.input_tokens": 100,
      "gen_ai.usage.cache_creation.input_tokens": 20,
      "gen_ai.usage.reasoning.output_tokens": 2,
      "axonflow.cost.nano_usd": 114_000,
    });
    assert.deepEqual([theSpan().ends, theSpan().late, theSpan().status], [1, 0, undefined]);
  });

  it("keeps the tokens of a failed attempt that was billed, and the provider's name for the error", async () => {
    const cause = new Error("500");
    cause.name = "ModelStreamErrorException";
    const failed = { ...hop, outcome: HopOutcome.FAILED };
    const error = new GatewayError(Code.Unavailable, ErrorReason.STREAM_INTERRUPTED, "Broken.", {
      cause,
      hops: [failed],
    });
    const { handle, theSpan, meter } = start(scriptedReply(textEvent("a"), { error }));
    const { events } = await handle(sampleAttempt());
    assert.equal(await refusalOf(() => readAll(events)), error);
    const { attributes, status } = theSpan();
    assert.equal(attributes["error.type"], "ModelStreamErrorException");
    assert.equal(attributes["axonflow.error.reason"], "STREAM_INTERRUPTED");
    assert.equal(attributes["gen_ai.usage.output_tokens"], 6);
    assert.equal(status?.code, SpanStatusCode.ERROR);
    assert.deepEqual(meter.valuesOf("axonflow.cost.nano_usd"), [114_000]);
  });

  it("writes no name of an error that it does not know: the reason stands there", async () => {
    const cause = new Error("x");
    cause.name = "SomethingAboutJohnDoe";
    const error = new GatewayError(Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, "", {
      cause,
    });
    const { handle, theSpan } = start({ throws: error });
    await refusalOf(() => handle(sampleAttempt()));
    assert.equal(theSpan().attributes["error.type"], "PROVIDER_UNAVAILABLE");
  });

  it("calls what nobody waited for cancelled and no error, with an estimate of what was read", async () => {
    const { handle, theSpan, meter } = start(scriptedReply(textEvent("four"), textEvent("b")));
    for await (const _ of (await handle(sampleAttempt())).events) break;
    const { attributes, status } = theSpan();
    assert.equal(attributes["axonflow.hop.outcome"], "cancelled");
    assert.equal(attributes["error.type"], undefined);
    assert.equal(status, undefined);
    assert.equal(attributes["axonflow.usage.source"], "estimated");
    assert.equal(attributes["gen_ai.usage.output_tokens"], 1);
    assert.equal(meter.valuesOf("axonflow.cost.nano_usd").length, 1);
  });

  it("measures no operation where an open circuit kept the provider from being asked", async () => {
    const skipped = create(HopSchema, { outcome: HopOutcome.SKIPPED });
    const error = new GatewayError(Code.Unavailable, ErrorReason.CIRCUIT_OPEN, "", {
      hops: [skipped],
    });
    const { handle, meter } = start({ throws: error });
    await refusalOf(() => handle(sampleAttempt({ reason: HopReason.FAILOVER })));
    const [attempt] = meter.measured;
    assert.equal(meter.measured.length, 1);
    assert.equal(attempt?.name, "axonflow.attempts");
    assert.equal(attempt.attributes["axonflow.hop.outcome"], "skipped");
  });

  it("measures a stream's first chunk and the time between its chunks, and a whole answer's not", async () => {
    const reply = () =>
      scriptedReply(textEvent("a"), textEvent("b"), completedEvent({ hops: [hop] }));
    const stream = start(reply());
    const { events } = await stream.handle(sampleAttempt());
    for await (const _ of events) stream.clock.advance(250);
    assert.equal(stream.meter.valuesOf("gen_ai.client.operation.time_to_first_chunk").length, 1);
    assert.deepEqual(
      stream.meter.valuesOf("gen_ai.client.operation.time_per_output_chunk"),
      [0.25],
    );
    assert.deepEqual(stream.meter.valuesOf("gen_ai.client.operation.duration"), [0.75]);
    const whole = start(reply());
    await readAll((await whole.handle(sampleAttempt({ delivery: "unary" }))).events);
    const names = whole.meter.measured.map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => name.includes("chunk")),
      [],
    );
  });

  it("counts a failover once it is made, and tokens by direction", async () => {
    const { handle, meter } = start(answered());
    await readAll((await handle(sampleAttempt({ reason: HopReason.FAILOVER }))).events);
    assert.deepEqual(meter.valuesOf("axonflow.failovers"), [1]);
    assert.deepEqual(meter.valuesOf("gen_ai.client.token.usage"), [128, 6]);
  });

  it("begins a copy of shadow mode with a link, and says that it is one", async () => {
    const { handle, theSpan } = start(answered());
    const call = otel.setSpanContext(sampleAttempt().context, {
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      traceFlags: 1,
    });
    await readAll((await handle(sampleAttempt({ context: shadowContext(call) }))).events);
    assert.deepEqual(theSpan().links, ["b7ad6b7169203331"]);
    const { parent } = theSpan();
    assert.ok(parent);
    assert.equal(otel.getSpan(parent), undefined);
    assert.equal(theSpan().attributes["axonflow.hop.reason"], "shadow");
  });

  it("is not there at all without telemetry", () => {
    const { handle } = scriptedHandler<Attempt>();
    const layer = attemptSpan({ clock: createManualClock(), telemetry: noTelemetry, facts });
    assert.equal(layer.wrap(handle), handle);
  });
});

describe("the GenAI conventions", () => {
  for (const [optIn, names] of [
    [undefined, genAi141],
    ["", genAi141],
    ["http,database", genAi141],
    ["gen_ai_latest_experimental", genAiLatest],
    ["http, gen_ai_latest_experimental", genAiLatest],
  ] as const) {
    it(`are of one version or the other: ${optIn}`, () => assert.equal(genAiNames(optIn), names));
  }

  it("are never of both: no name of one version is written with the other", async () => {
    const written = async (names: GenAiNames) => {
      const { handle, theSpan, meter } = start(answered(), names);
      await readAll((await handle(sampleAttempt())).events);
      return new Set([...Object.keys(theSpan().attributes), ...meter.measured.map((m) => m.name)]);
    };
    const older = await written(genAi141);
    const newer = await written(genAiLatest);
    const gone = [...older].filter((name) => !newer.has(name));
    const added = [...newer].filter((name) => !older.has(name));
    assert.deepEqual(gone.sort(), [
      "gen_ai.client.operation.duration",
      "gen_ai.client.operation.time_to_first_chunk",
      "gen_ai.client.token.usage",
      "gen_ai.usage.cache_creation.input_tokens",
    ]);
    assert.deepEqual(added.sort(), [
      "gen_ai.client.inference.duration",
      "gen_ai.client.inference.operation.input_tokens",
      "gen_ai.client.inference.operation.output_tokens",
      "gen_ai.client.inference.time_to_first_chunk",
      "gen_ai.client.inference.usage.cache_read.input_tokens",
      "gen_ai.client.inference.usage.cache_write.input_tokens",
      "gen_ai.client.inference.usage.input_tokens",
      "gen_ai.client.inference.usage.output_tokens",
      "gen_ai.client.inference.usage.reasoning.output_tokens",
      "gen_ai.usage.cache_write.input_tokens",
    ]);
  });
});
