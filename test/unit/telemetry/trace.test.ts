import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { createContextKey, trace as otel, ROOT_CONTEXT, SpanStatusCode } from "@opentelemetry/api";
import { HopSchema } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Call } from "../../../server/core/call.ts";
import { GatewayError } from "../../../server/core/error.ts";
import { createInstruments } from "../../../server/telemetry/instruments.ts";
import { genAi141 } from "../../../server/telemetry/semconv.ts";
import { trace } from "../../../server/telemetry/trace.ts";
import { sampleCall, sampleRequest } from "../../fakes/calls.ts";
import { completedEvent, textEvent, wordOf } from "../../fakes/completion-events.ts";
import { readAll, refusalOf } from "../../fakes/outcomes.ts";
import { createRecordingMeter } from "../../fakes/recording-meter.ts";
import { createRecordingTracer } from "../../fakes/recording-tracer.ts";
import { type Answer, scriptedHandler, scriptedReply } from "../../fakes/scripted-handler.ts";

function start(answer: Answer, sampled = true) {
  const tracer = createRecordingTracer({ sampled });
  const handler = scriptedHandler<Call>(answer);
  const handle = trace({ tracer }).wrap(handler.handle);
  const theSpan = () => {
    assert.equal(tracer.spans.length, 1);
    assert.ok(tracer.spans[0]);
    return tracer.spans[0];
  };
  return { handle, calls: handler.calls, theSpan };
}

describe("trace", () => {
  it("makes one span of a call, under the caller's own, which ends with the answer", async () => {
    const { handle, calls, theSpan } = start(scriptedReply(textEvent("a"), completedEvent()));
    const context = ROOT_CONTEXT.setValue(createContextKey("caller"), "theirs");
    const request = sampleRequest({ model: "claude-3-haiku" });
    const reply = await handle(sampleCall({ context, request }));
    assert.equal(theSpan().name, "completion");
    assert.equal(theSpan().parent, context);
    assert.equal(theSpan().ends, 0);
    assert.ok(calls[0] && otel.getSpan(calls[0].context), "the call carries the span on");
    await readAll(reply.events);
    assert.equal(theSpan().ends, 1);
    assert.equal(theSpan().late, 0);
    assert.equal(theSpan().status, undefined);
    assert.deepEqual(theSpan().attributes, {
      "axonflow.request.id": "00000000-0000-4000-8000-000000000001",
      "axonflow.principal": "test",
      "axonflow.delivery": "stream",
      "axonflow.model.asked": "claude-3-haiku",
      "axonflow.hop.count": 0,
      "axonflow.usage.input_tokens": 8,
      "axonflow.usage.output_tokens": 6,
      "axonflow.outcome": "finished",
    });
  });

  it("writes nothing of what is asked or answered into the span", async () => {
    const { handle, theSpan } = start(scriptedReply(textEvent("Paris"), completedEvent()));
    await readAll((await handle(sampleCall())).events);
    assert.doesNotMatch(JSON.stringify(theSpan().attributes), /Paris|France/);
  });

  it("measures a refusal too", async () => {
    const error = GatewayError.invalid({ field: "model", description: "Too long." });
    const { handle, theSpan } = start({ throws: error });
    assert.equal(await refusalOf(() => handle(sampleCall())), error);
    assert.equal(theSpan().ends, 1);
    assert.equal(theSpan().attributes["error.type"], "INVALID_FIELD");
    assert.equal(theSpan().attributes["axonflow.outcome"], "failed");
    assert.equal(theSpan().status?.code, SpanStatusCode.ERROR);
  });

  it("ends the span of a stream that breaks, and passes the error on unchanged", async () => {
    const error = GatewayError.deadlineExceeded();
    const { handle, theSpan } = start(scriptedReply(textEvent("a"), { error }));
    const { events } = await handle(sampleCall());
    assert.equal(await refusalOf(() => readAll(events)), error);
    await events[Symbol.asyncIterator]().return?.();
    assert.equal(theSpan().ends, 1);
    assert.equal(theSpan().attributes["error.type"], "DEADLINE_EXCEEDED");
  });

  it("ends the span of a stream that its reader leaves, without calling it an error", async () => {
    const { handle, theSpan } = start(scriptedReply(textEvent("a"), textEvent("b")));
    for await (const event of (await handle(sampleCall())).events) {
      assert.equal(wordOf(event), "a");
      break;
    }
    assert.equal(theSpan().ends, 1);
    assert.equal(theSpan().attributes["axonflow.outcome"], "abandoned");
    assert.equal(theSpan().status, undefined);
  });

  it("sums up all attempts, those before the answer too", async () => {
    const hopWith = (inputTokens: number) =>
      create(HopSchema, { usage: { inputTokens, outputTokens: 1 }, cost: { nanoUsd: 5n } });
    const completed = completedEvent({ hops: [hopWith(8)], cost: { nanoUsd: 5n } });
    const reply = { ...scriptedReply(completed), hops: [hopWith(20)] };
    const { handle, theSpan } = start(reply);
    await readAll((await handle(sampleCall())).events);
    const { attributes } = theSpan();
    assert.equal(attributes["axonflow.hop.count"], 2);
    assert.equal(attributes["axonflow.usage.input_tokens"], 28);
    assert.equal(attributes["axonflow.cost.nano_usd"], 10);
  });

  it("says whose answer is repeated instead of counting its tokens again", async () => {
    const { handle, theSpan } = start({ ...scriptedReply(completedEvent()), replayOf: "call-1" });
    await readAll((await handle(sampleCall())).events);
    assert.equal(theSpan().attributes["axonflow.replay_of"], "call-1");
    assert.equal(theSpan().attributes["axonflow.usage.input_tokens"], undefined);
  });

  it("does not call it an error when the caller goes away", async () => {
    const { handle, theSpan } = start({ throws: GatewayError.cancelled() });
    await refusalOf(() => handle(sampleCall()));
    assert.equal(theSpan().attributes["axonflow.outcome"], "abandoned");
    assert.deepEqual(
      [theSpan().status, theSpan().attributes["error.type"]],
      [undefined, undefined],
    );
  });

  it("counts the calls that are open, until the last event or the error", async () => {
    const meter = createRecordingMeter();
    const instruments = createInstruments(meter, genAi141);
    const answers = [scriptedReply(completedEvent()), { throws: new Error("no") }];
    const { handle } = scriptedHandler<Call>(...answers);
    const counted = trace({ instruments }).wrap(handle);
    const { events } = await counted(sampleCall());
    const open = () => meter.collect().map(({ attributes, value }) => [attributes, value]);
    const unary = [{ "axonflow.delivery": "unary" }, 0];
    assert.deepEqual(open(), [unary, [{ "axonflow.delivery": "stream" }, 1]]);
    await readAll(events);
    assert.deepEqual(open(), [unary, [{ "axonflow.delivery": "stream" }, 0]]);
    await assert.rejects(counted(sampleCall()));
    assert.deepEqual(open(), [unary, [{ "axonflow.delivery": "stream" }, 0]]);
  });

  it("is not there at all without telemetry", () => {
    const { handle } = scriptedHandler<Call>();
    assert.equal(trace({}).wrap(handle), handle);
  });

  it("calls a fault of ours INTERNAL and says no more", async () => {
    const { handle, theSpan } = start({ throws: new TypeError("secret") });
    await assert.rejects(handle(sampleCall()), TypeError);
    assert.equal(theSpan().attributes["error.type"], "INTERNAL");
    assert.doesNotMatch(JSON.stringify(theSpan()), /secret/);
  });

  it("costs a call that nobody samples nothing per token: its events are the very same", async () => {
    const reply = scriptedReply(textEvent("a"));
    const { handle, calls } = start(reply, false);
    const answer = await handle(sampleCall());
    assert.equal(answer.events, reply.events);
    assert.ok(calls[0] && otel.getSpan(calls[0].context), "the caller's trace goes on");
    const error = new GatewayError(Code.Unavailable, 19, "Later.");
    const refused = start({ throws: error }, false);
    assert.equal(await refusalOf(() => refused.handle(sampleCall())), error);
  });

  it("hands a call on as it is where nobody traces at all, but not a trace that came in", async () => {
    const handler = scriptedHandler<Call>(scriptedReply(textEvent("a")));
    // The OpenTelemetry API without an SDK behind it.
    const handle = trace({ tracer: otel.getTracer("test") }).wrap(handler.handle);
    const call = sampleCall();
    await handle(call);
    assert.equal(handler.calls[0], call);
    const spanContext = {
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      traceFlags: 1,
    };
    const context = otel.setSpanContext(ROOT_CONTEXT, spanContext);
    await handle(sampleCall({ context }));
    assert.ok(handler.calls[1]);
    assert.deepEqual(otel.getSpanContext(handler.calls[1].context), spanContext);
  });
});
