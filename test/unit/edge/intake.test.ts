import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import {
  CompleteRequestSchema,
  type CompleteStreamResponse,
  HopSchema,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Call } from "../../../server/core/call.ts";
import { GatewayError } from "../../../server/core/error.ts";
import { createGate } from "../../../server/edge/gate.ts";
import { type Caller, createIntake, newRequestId } from "../../../server/edge/intake.ts";
import { sampleEndpoint } from "../../fakes/calls.ts";
import { completedEvent, sampleUsage, textEvent } from "../../fakes/completion-events.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { readAll, readUntilError, refusalOf, settle } from "../../fakes/outcomes.ts";
import { type Answer, scriptedHandler, scriptedReply } from "../../fakes/scripted-handler.ts";

const callTimeoutMs = 60_000;
const request = create(CompleteRequestSchema, { prompt: "Hi." });
const hopTo = (region: string) => create(HopSchema, { region });
const goodAnswer = () =>
  scriptedReply(textEvent("Par"), textEvent("is."), completedEvent({ hops: [hopTo("served")] }));

/** An intake over one scripted answer, reached 300 ms after the call arrived and given when `ready` says so. */
function start(answer: Answer = goodAnswer(), change: Partial<Caller> = {}, ready?: Promise<void>) {
  const clock = createManualClock();
  const gate = createGate({ clock });
  const departure = new AbortController();
  const handler = scriptedHandler<Call>(answer);
  const handle = async (call: Call) => {
    clock.advance(300);
    await ready;
    return handler.handle(call);
  };
  const intake = createIntake({ handle, gate, clock, callTimeoutMs });
  const caller: Caller = {
    requestId: "7",
    principal: { name: "test" },
    signal: departure.signal,
    context: ROOT_CONTEXT,
    ...change,
  };
  const left = () => [gate.visitors, getEventListeners(departure.signal, "abort").length];
  return {
    calls: handler.calls,
    clock,
    departure,
    gate,
    left,
    complete: (asked = request) => intake.complete(asked, caller),
    stream: (asked = request) => intake.stream(asked, caller),
  };
}

const namesOf = (events: readonly CompleteStreamResponse[]) =>
  events.map(({ sequence, event }) => `${sequence} ${event.case}`);

describe("intake.complete", () => {
  it("folds the events into one answer and fills in what only the gateway knows", async () => {
    const { complete, calls, left } = start({ ...goodAnswer(), hops: [hopTo("failed")] });
    const answer = await complete();
    assert.equal(answer.content, "Paris.");
    assert.deepEqual(
      [answer.model, answer.provider, answer.region],
      [sampleEndpoint().model, "bedrock", "us-east-1"],
    );
    assert.deepEqual(answer.usage, sampleUsage());
    assert.equal(answer.requestId, "7");
    assert.deepEqual([answer.latencyMs, answer.timeToFirstTokenMs], [300n, 300n]);
    assert.deepEqual(answer.hops, [hopTo("failed"), hopTo("served")]);
    assert.equal(calls[0]?.delivery, "unary");
    assert.equal(calls[0]?.request.prompt, "");
    assert.deepEqual(left(), [0, 0]);
  });

  it("never takes events that end without completed for an answer", async () => {
    const { complete, left } = start(scriptedReply(textEvent("Par")));
    const error = await refusalOf(complete);
    assert.equal(error.code, Code.DataLoss);
    assert.equal(error.reason, ErrorReason.PROVIDER_MALFORMED_RESPONSE);
    assert.deepEqual(left(), [0, 0]);
  });

  it("closes the reply when it has what it needs", async () => {
    const reply = scriptedReply(completedEvent(), textEvent("after the end"));
    await start(reply).complete();
    assert.ok(reply.events.closes >= 1);
    assert.equal(reply.events.reads, 1);
  });

  it("passes a failure on and lets nobody stay inside", async () => {
    const error = GatewayError.deadlineExceeded();
    for (const answer of [{ throws: error }, scriptedReply(textEvent("a"), { error })]) {
      const { complete, left } = start(answer);
      assert.equal(await refusalOf(complete), error);
      assert.deepEqual(left(), [0, 0]);
    }
  });

  it("hands the idempotency-key on, and refuses one that cannot be", async () => {
    const good = start(goodAnswer(), { idempotencyKey: "k" });
    await good.complete();
    const { key, fingerprint = "" } = good.calls[0]?.repeat ?? {};
    assert.deepEqual([key, fingerprint.length], ["k", 43]);
    const bad = start(goodAnswer(), { idempotencyKey: "" });
    assert.equal((await refusalOf(bad.complete)).violations[0]?.field, "idempotency-key");
    assert.equal(bad.calls.length, 0);
    assert.deepEqual(bad.left(), [0, 0]);
  });

  it("tells the door, before anything else, that an answer was made for another call", async () => {
    for (const deliver of ["complete", "stream"] as const) {
      let replays = 0;
      const change = { onReplay: () => void replays++ };
      const own = start(goodAnswer(), change);
      const replay = start({ ...goodAnswer(), replayOf: "the first" }, change);
      if (deliver === "complete") {
        assert.deepEqual([(await own.complete()).replayOf, replays], ["", 0]);
        assert.deepEqual([(await replay.complete()).replayOf, replays], ["the first", 1]);
      } else {
        const events = await readAll(replay.stream());
        const said = events.flatMap(({ event: { case: name, value } }) =>
          name === "started" || name === "completed" ? [value.replayOf] : [],
        );
        assert.deepEqual([said, replays], [["the first", "the first"], 1]);
      }
    }
  });

  it("refuses a bad request before anybody is asked", async () => {
    const { complete, calls } = start();
    const error = await refusalOf(() => complete(create(CompleteRequestSchema, {})));
    assert.equal(error.code, Code.InvalidArgument);
    assert.equal(calls.length, 0);
  });

  it("refuses every call once the gate is closing", async () => {
    const { complete, stream, gate, calls } = start();
    await gate.drain(0);
    assert.equal((await refusalOf(complete)).reason, ErrorReason.DRAINING);
    assert.equal((await refusalOf(() => stream().next())).reason, ErrorReason.DRAINING);
    assert.equal(calls.length, 0);
  });
});

describe("intake gives a call", () => {
  for (const [timeoutMs, availableMs] of [
    [undefined, callTimeoutMs],
    [10_000, 9_975],
    [100, 90],
    [10 * callTimeoutMs, callTimeoutMs],
  ] as const) {
    it(`${availableMs} ms when its caller waits ${timeoutMs ?? "as long as it takes"}`, async () => {
      const { complete, calls, clock } = start(goodAnswer(), { timeoutMs });
      const arrivedMs = clock.now();
      await complete();
      assert.equal(calls[0]?.deadlineMs, arrivedMs + availableMs);
    });
  }

  it("a signal that follows the caller, and the gate that closes", async () => {
    const leaving = start(scriptedReply("silence"));
    void leaving.complete().catch(() => {});
    await settle();
    leaving.departure.abort(GatewayError.cancelled());
    assert.equal(leaving.calls[0]?.signal.reason.reason, ErrorReason.CANCELLED);

    const draining = start(scriptedReply("silence"));
    void draining.complete().catch(() => {});
    await settle();
    void draining.gate.drain(0);
    draining.clock.advance(0);
    await settle();
    assert.equal(draining.calls[0]?.signal.reason.reason, ErrorReason.DRAINING);
  });

  it("an id that is a fresh UUID, and begins with the time", () => {
    assert.match(
      newRequestId(),
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    assert.notEqual(newRequestId(), newRequestId());
  });
});

describe("intake.stream", () => {
  it("numbers its events from 0 without a gap: started, pieces, completed", async () => {
    const { stream, left, calls } = start({ ...goodAnswer(), hops: [hopTo("failed")] });
    const events = await readAll(stream());
    assert.deepEqual(namesOf(events), ["0 started", "1 delta", "2 delta", "3 completed"]);
    const [started, , , completed] = events.map(({ event }) => event);
    assert.ok(started?.case === "started" && completed?.case === "completed");
    assert.equal(started.value.requestId, "7");
    assert.equal(started.value.region, "us-east-1");
    assert.deepEqual(started.value.hops, [hopTo("failed")]);
    assert.equal(completed.value.requestId, "7");
    assert.equal(completed.value.model, sampleEndpoint().model);
    assert.equal(completed.value.timeToFirstTokenMs, 300n);
    assert.deepEqual(completed.value.hops, [hopTo("failed"), hopTo("served")]);
    assert.equal(calls[0]?.delivery, "stream");
    await settle();
    assert.deepEqual(left(), [0, 0]);
  });

  it("asks nobody before it is read", async () => {
    const { stream, calls } = start();
    stream();
    await settle();
    assert.equal(calls.length, 0);
  });

  it("lets its visitor go when completed is out, even if nobody reads on", async () => {
    const { stream, left } = start();
    const events = stream();
    for (let read = 0; read < 4; read++) await events.next();
    await settle();
    assert.deepEqual(left(), [0, 0]);
    assert.deepEqual(await events.next(), { done: true, value: undefined });
  });

  it("ends with DATA_LOSS when the events end without completed", async () => {
    const { stream, left } = start(scriptedReply(textEvent("Par")));
    const { items, error } = await readUntilError(stream());
    assert.deepEqual(namesOf(items), ["0 started", "1 delta"]);
    assert.ok(error instanceof GatewayError);
    assert.equal(error.code, Code.DataLoss);
    assert.deepEqual(left(), [0, 0]);
  });

  it("ends with the error that its events end with", async () => {
    const error = GatewayError.deadlineExceeded();
    const { stream, left } = start(scriptedReply(textEvent("Par"), { error }));
    assert.equal((await readUntilError(stream())).error, error);
    assert.deepEqual(left(), [0, 0]);
  });

  it("closes the reply when its reader leaves", async () => {
    const reply = scriptedReply(textEvent("a"), textEvent("b"), textEvent("c"));
    const { stream, left } = start(reply);
    for await (const { event } of stream()) if (event.case === "delta") break;
    assert.ok(reply.events.closes >= 1);
    assert.deepEqual(left(), [0, 0]);
  });

  it("closes the reply at the abort of a reader that does not read, which gets an error later", async () => {
    const reply = scriptedReply(textEvent("a"), textEvent("b"));
    const { stream, departure, left } = start(reply);
    const events = stream();
    await events.next();
    await events.next();
    const reason = GatewayError.cancelled();
    departure.abort(reason);
    await settle();
    assert.ok(reply.events.closes >= 1);
    assert.equal(left()[0], 0);
    assert.equal(await refusalOf(() => events.next()), reason);
    assert.deepEqual(left(), [0, 0]);
  });

  it("closes a reply that comes after its reader has left", async () => {
    const reply = scriptedReply(textEvent("a"));
    const late = Promise.withResolvers<void>();
    const { stream, left } = start(reply, {}, late.promise);
    const events = stream();
    const first = events.next();
    await events.return?.();
    late.resolve();
    await assert.rejects(first);
    assert.ok(reply.events.closes >= 1);
    assert.deepEqual(left(), [0, 0]);
    assert.deepEqual(await events.next(), { done: true, value: undefined });
  });

  it("closes a reply that comes in spite of an abort, and ends with the abort's error", async () => {
    const reply = scriptedReply(textEvent("a"));
    const late = Promise.withResolvers<void>();
    const { stream, departure, left } = start(reply, {}, late.promise);
    const first = stream().next();
    const reason = GatewayError.cancelled();
    departure.abort(reason);
    late.resolve();
    assert.equal(await refusalOf(() => first), reason);
    await settle();
    assert.ok(reply.events.closes >= 1);
    assert.deepEqual(left(), [0, 0]);
  });

  it("that was aborted before it was read asks nobody and is no clean end", async () => {
    const { stream, departure, calls } = start();
    const events = stream();
    departure.abort("some library's reason");
    assert.equal((await refusalOf(() => events.next())).code, Code.Canceled);
    assert.equal(calls.length, 0);
  });
});
