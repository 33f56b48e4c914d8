import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt } from "../../../server/core/call.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { Reply } from "../../../server/core/reply.ts";
import { abortError } from "../../../server/core/signals.ts";
import { attemptTimeout } from "../../../server/resilience/attempt-timeout.ts";
import { sampleAttempt } from "../../fakes/calls.ts";
import { completedEvent, textEvent, wordOf } from "../../fakes/completion-events.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { isSettled, readAll, refusalOf, settle } from "../../fakes/outcomes.ts";
import type { Step } from "../../fakes/scripted-events.ts";
import { scriptedReply } from "../../fakes/scripted-handler.ts";

const firstEventTimeoutMs = 500;
const idleTimeoutMs = 100;

/** An attempt at a provider that answers when the test says so. */
function start(delivery: Attempt["delivery"] = "stream", firstEventInMs?: number) {
  const clock = createManualClock();
  const firstEventByMs = firstEventInMs === undefined ? undefined : clock.now() + firstEventInMs;
  const caller = new AbortController();
  const provider = Promise.withResolvers<Reply>();
  const asked: Attempt[] = [];
  const layer = attemptTimeout({ clock, firstEventTimeoutMs, idleTimeoutMs });
  const handle = layer.wrap((attempt) => {
    asked.push(attempt);
    return provider.promise;
  });
  const reply = handle(sampleAttempt({ signal: caller.signal, delivery, firstEventByMs }));
  const providerSignal = () => {
    assert.ok(asked[0]);
    return asked[0].signal;
  };
  const callerListeners = () => getEventListeners(caller.signal, "abort").length;
  return { clock, caller, provider, reply, providerSignal, callerListeners };
}

/** The same, with a provider that has begun to answer. */
async function startStream(...steps: readonly Step[]) {
  const started = start();
  const answer = scriptedReply(...steps);
  started.provider.resolve(answer);
  const iterator = (await started.reply).events[Symbol.asyncIterator]();
  return { ...started, source: answer.events, iterator };
}

describe("attemptTimeout, until the first event", () => {
  it("gives up a provider that says nothing in time, and asks for another endpoint", async () => {
    const { clock, reply, providerSignal, callerListeners } = start();
    clock.advance(firstEventTimeoutMs - 1);
    assert.equal(await isSettled(reply), false);
    clock.advance(1);
    const error = await refusalOf(() => reply);
    assert.deepEqual(
      [error.code, error.reason, error.retry],
      [Code.Unavailable, ErrorReason.PROVIDER_TIMEOUT, "other-endpoint"],
    );
    assert.ok(providerSignal().aborted);
    assert.equal(clock.armed + callerListeners(), 0);
  });

  for (const [name, firstEventInMs, limitMs] of [
    ["gives it no longer than others can spare", 200, 200],
    ["gives it no longer than its own limit", 900, firstEventTimeoutMs],
    ["gives it nothing when the others need all", -10, 0],
  ] as const) {
    it(name, async () => {
      const { clock, reply } = start("stream", firstEventInMs);
      clock.advance(limitMs - 1);
      if (limitMs > 0) assert.equal(await isSettled(reply), false);
      clock.advance(1);
      assert.equal((await refusalOf(() => reply)).reason, ErrorReason.PROVIDER_TIMEOUT);
      assert.equal(clock.armed, 0);
    });
  }

  it("watches over a whole answer until it is there, and holds nothing of it after that", async () => {
    const { clock, reply, provider, callerListeners } = start("unary");
    const answer = scriptedReply(textEvent("a"), completedEvent());
    provider.resolve(answer);
    assert.equal((await reply).events, answer.events);
    assert.equal(clock.armed + callerListeners(), 0);
  });

  it("closes a reply that comes too late", async () => {
    const { clock, reply, provider } = start();
    clock.advance(firstEventTimeoutMs);
    await refusalOf(() => reply);
    const late = scriptedReply(textEvent("late"));
    provider.resolve(late);
    await settle();
    assert.equal(late.events.closes, 1);
  });

  it("does not make a late failure an unhandled one", async () => {
    const { clock, reply, provider } = start();
    clock.advance(firstEventTimeoutMs);
    await refusalOf(() => reply);
    provider.reject(new Error("late"));
    await settle();
  });

  it("ends with the caller's reason when the caller goes, even if the provider does not care", async () => {
    const { caller, reply, providerSignal, clock } = start();
    const reason = GatewayError.deadlineExceeded();
    caller.abort(reason);
    assert.equal(await refusalOf(() => reply), reason);
    assert.equal(abortError(providerSignal()), reason);
    assert.equal(clock.armed, 0);
  });

  it("passes the provider's failure on, and leaves nothing behind", async () => {
    const { provider, reply, clock, callerListeners } = start();
    const error = GatewayError.draining();
    provider.reject(error);
    assert.equal(await refusalOf(() => reply), error);
    assert.equal(clock.armed + callerListeners(), 0);
  });
});

describe("attemptTimeout, between events", () => {
  it("lets a steady stream through and leaves nothing behind", async () => {
    const { iterator, clock, callerListeners } = await startStream(
      textEvent("a"),
      completedEvent(),
    );
    const events = await readAll({ [Symbol.asyncIterator]: () => iterator });
    assert.deepEqual(events.map(wordOf), ["a", "completed"]);
    assert.equal(clock.armed + callerListeners(), 0);
  });

  it("ends a stream that goes silent, and aborts the provider", async () => {
    const { iterator, clock, providerSignal, callerListeners } = await startStream("silence");
    const read = iterator.next();
    clock.advance(idleTimeoutMs - 1);
    assert.equal(await isSettled(read), false);
    clock.advance(1);
    const error = await refusalOf(() => read);
    assert.equal(error.reason, ErrorReason.PROVIDER_TIMEOUT);
    assert.ok(providerSignal().aborted);
    assert.equal(clock.armed + callerListeners(), 0);
  });

  it("counts from the beginning of the wait, not from the last time the timer fired", async () => {
    const { iterator, clock, source } = await startStream("silence", "silence");
    clock.advance(70);
    const first = iterator.next();
    clock.advance(99);
    source.arrive(textEvent("a"));
    await first;
    const second = iterator.next();
    clock.advance(99);
    assert.equal(await isSettled(second), false);
    clock.advance(1);
    assert.equal((await refusalOf(() => second)).reason, ErrorReason.PROVIDER_TIMEOUT);
  });

  it("does not blame the provider for a slow reader", async () => {
    const { iterator, clock, providerSignal } = await startStream(
      textEvent("a"),
      textEvent("b"),
      completedEvent(),
    );
    for (const word of ["a", "b", "completed"]) {
      clock.advance(50 * idleTimeoutMs);
      const { value } = await iterator.next();
      assert.ok(value);
      assert.equal(wordOf(value), word);
    }
    assert.ok(!providerSignal().aborted);
  });

  it("ends the read under way when the caller aborts", async () => {
    const { iterator, caller, providerSignal, clock } = await startStream("silence");
    const read = iterator.next();
    const reason = GatewayError.draining();
    caller.abort(reason);
    assert.equal(await refusalOf(() => read), reason);
    assert.ok(providerSignal().aborted);
    assert.equal(clock.armed, 0);
  });

  it("fails the next read when the caller aborted between two", async () => {
    const { iterator, caller } = await startStream(textEvent("a"), textEvent("b"));
    await iterator.next();
    const reason = GatewayError.deadlineExceeded();
    caller.abort(reason);
    assert.equal(await refusalOf(() => iterator.next()), reason);
  });

  it("leaves no timer and no open source when the caller aborted between two reads", async () => {
    const { iterator, caller, clock, source } = await startStream(textEvent("a"), textEvent("b"));
    await iterator.next();
    caller.abort(GatewayError.deadlineExceeded());
    await refusalOf(() => iterator.next());
    await iterator.return?.();
    clock.advance(1_000_000);
    assert.deepEqual([clock.armed, source.closes], [0, 1]);
  });

  it("closes the source when the reader leaves between two reads", async () => {
    const { iterator, source, clock, callerListeners } = await startStream(
      textEvent("a"),
      textEvent("b"),
    );
    await iterator.next();
    await iterator.return?.();
    assert.equal(source.closes, 1);
    assert.equal(clock.armed + callerListeners(), 0);
  });

  it("aborts the provider when the reader leaves in the middle of a wait", async () => {
    const { iterator, providerSignal, source, clock, callerListeners } =
      await startStream("silence");
    void iterator.next();
    await iterator.return?.();
    assert.ok(providerSignal().aborted, "closing alone would wait for the read under way");
    assert.equal(source.closes, 1);
    assert.equal(clock.armed + callerListeners(), 0);
  });
});
