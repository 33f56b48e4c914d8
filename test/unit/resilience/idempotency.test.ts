import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { beforeEach, describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Call } from "../../../server/core/call.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { Handler } from "../../../server/core/layer.ts";
import { closeReply } from "../../../server/core/reply.ts";
import { fingerprintOf } from "../../../server/core/request-fingerprint.ts";
import { idempotency } from "../../../server/resilience/idempotency.ts";
import {
  createIdempotencyStore,
  type IdempotencyStore,
} from "../../../server/resilience/idempotency-store.ts";
import { sampleCall, sampleRequest } from "../../fakes/calls.ts";
import { completedEvent, textEvent, wordOf } from "../../fakes/completion-events.ts";
import { type FedCall, type FedHandler, fedHandler } from "../../fakes/fed-events.ts";
import { createManualClock, type ManualClock } from "../../fakes/manual-clock.ts";
import { isSettled, readAll, readUntilError, refusalOf, settle } from "../../fakes/outcomes.ts";

const ttlMs = 600_000;
const runLimitMs = 500_000;
const markOf = (request = sampleRequest()) => ({ key: "k", fingerprint: fingerprintOf(request) });

describe("idempotency", () => {
  let clock: ManualClock;
  let store: IdempotencyStore;
  let below: FedHandler;
  let handle: Handler;
  let made: number;
  beforeEach(() => {
    clock = createManualClock();
    store = createIdempotencyStore({ clock, ttlMs, maxBytes: 1_000_000 });
    below = fedHandler();
    handle = idempotency({ clock, store, runLimitMs }).wrap(below.handle);
    made = 0;
  });

  /** A call with an id of its own and the key `k`. */
  const callWith = (change: Partial<Call> = {}) =>
    sampleCall({ id: `call-${++made}`, repeat: markOf(change.request), ...change });
  const only = (at = 0): FedCall => below.calls[at] ?? assert.fail(`no call ${at} came through`);
  /** Answers the call that is under way with `a`, `b` and its end. */
  const answerWell = (at = 0) => {
    only(at).answer();
    only(at).feed(textEvent("a"), textEvent("b"), completedEvent());
  };
  const wordsOf = async (call: Call) =>
    (await readAll((await handle(call)).events)).map(wordOf).join(" ");
  const whole = "a b completed";

  it("is not there for calls without a key", async () => {
    const call = callWith({ repeat: undefined });
    const words = [wordsOf(call), wordsOf(call)];
    assert.equal(below.calls.length, 2);
    answerWell(0);
    answerWell(1);
    assert.deepEqual(await Promise.all(words), [whole, whole]);
    assert.equal(only().call, call);
    assert.deepEqual(store.state, { running: 0, kept: 0, bytes: 0 });
  });

  it("asks once for the same request, while it runs and after it", async () => {
    const words = [wordsOf(callWith()), wordsOf(callWith())];
    answerWell();
    assert.deepEqual(await Promise.all(words), [whole, whole]);
    assert.equal(await wordsOf(callWith()), whole);
    assert.equal(below.calls.length, 1);
  });

  it("lets one join in the middle, from the first event on", async () => {
    const first = await startReading(callWith());
    const second = wordsOf(callWith());
    only().feed(textEvent("b"), completedEvent());
    assert.deepEqual(await Promise.all([first.rest(), second]), ["b completed", whole]);
  });

  /** A caller that has read `a`. */
  async function startReading(call: Call) {
    const pending = handle(call);
    if (below.calls.length > 0) only(below.calls.length - 1).answer();
    const events = (await pending).events[Symbol.asyncIterator]();
    const piece = events.next();
    only(below.calls.length - 1).feed(textEvent("a"));
    assert.deepEqual((await piece).value, textEvent("a"));
    const rest = async () =>
      (await readAll({ [Symbol.asyncIterator]: () => events })).map(wordOf).join(" ");
    return { events, rest };
  }

  it("says whose answer it is to all but the one that it was made for", async () => {
    const pending = [handle(callWith()), handle(callWith())];
    answerWell();
    const replies = await Promise.all(pending);
    assert.deepEqual(
      replies.map(({ replayOf }) => replayOf),
      [undefined, "call-1"],
    );
    await Promise.all(replies.map(({ events }) => readAll(events)));
    assert.equal((await handle(callWith())).replayOf, "call-1");
  });

  it("makes the answer the second one's when the first leaves before it begins", async () => {
    const leaver = new AbortController();
    const first = handle(callWith({ signal: leaver.signal }));
    const second = handle(callWith());
    leaver.abort(GatewayError.cancelled());
    assert.equal((await refusalOf(() => first)).code, Code.Canceled);
    answerWell();
    assert.equal((await second).replayOf, undefined);
  });

  for (const [name, change] of [
    ["another key", { repeat: { ...markOf(), key: "other" } }],
    ["another licence key", { principal: { name: "somebody else" } }],
  ] as const) {
    it(`has nothing to do with ${name}`, async () => {
      const words = [wordsOf(callWith()), wordsOf(callWith(change))];
      assert.equal(below.calls.length, 2);
      answerWell(0);
      answerWell(1);
      await Promise.all(words);
      assert.equal(store.state.kept, 2);
    });
  }

  it("refuses the same key for another request, while the first runs and after it", async () => {
    const other = () => handle(callWith({ request: sampleRequest({ maxTokens: 5 }) }));
    const words = wordsOf(callWith());
    const refusals = [await refusalOf(other)];
    answerWell();
    await words;
    refusals.push(await refusalOf(other));
    for (const { code, reason, violations } of refusals) {
      assert.deepEqual([code, reason], [Code.InvalidArgument, ErrorReason.IDEMPOTENCY_KEY_REUSED]);
      assert.equal(violations[0]?.field, "idempotency-key");
    }
    assert.equal(below.calls.length, 1);
  });

  it("gives a stream's answer whole and a whole answer as a stream", async () => {
    const stream = wordsOf(callWith({ delivery: "stream" }));
    const unary = wordsOf(callWith({ delivery: "unary" }));
    answerWell();
    assert.deepEqual(await Promise.all([stream, unary]), [whole, whole]);
    assert.equal(below.calls.length, 1);
  });

  it("gives a failure to all who joined and does not keep it", async () => {
    const pending = [handle(callWith()), handle(callWith())];
    const error = GatewayError.draining();
    only().refuse(error);
    for (const call of pending) assert.equal(await refusalOf(() => call), error);
    assert.deepEqual(store.state, { running: 0, kept: 0, bytes: 0 });
    const again = wordsOf(callWith());
    answerWell(1);
    assert.equal(await again, whole);
  });

  it("gives a stream that breaks to all who joined, each with what came before", async () => {
    const first = await startReading(callWith());
    const second = handle(callWith());
    const error = GatewayError.draining();
    only().break(error);
    assert.equal(await refusalOf(() => first.rest()), error);
    const { items, error: same } = await readUntilError((await second).events);
    assert.deepEqual([items.map(wordOf), same], [["a"], error]);
    assert.deepEqual(store.state, { running: 0, kept: 0, bytes: 0 });
  });

  it("goes on when one of several leaves, by abort or by closing, before or in the answer", async () => {
    const leaver = new AbortController();
    const first = await startReading(callWith({ signal: leaver.signal }));
    const closed = await handle(callWith());
    const stays = wordsOf(callWith());
    leaver.abort(GatewayError.deadlineExceeded());
    assert.equal((await refusalOf(() => first.rest())).code, Code.DeadlineExceeded);
    await closeReply(closed);
    assert.ok(!only().call.signal.aborted);
    only().feed(textEvent("b"), completedEvent());
    assert.equal(await stays, whole);
  });

  it("ends the run when the last one leaves by closing, and the next one begins anew", async () => {
    const { events } = await startReading(callWith());
    await events.return?.();
    assert.ok(only().call.signal.aborted);
    assert.equal(only().closes, 1);
    assert.deepEqual(store.state, { running: 0, kept: 0, bytes: 0 });
    assert.equal(clock.armed, 0);
    const again = wordsOf(callWith());
    answerWell(1);
    assert.equal(await again, whole);
  });

  it("gives the last one that is aborted what the run itself says to that", async () => {
    const caller = new AbortController();
    const { events } = await startReading(callWith({ signal: caller.signal }));
    const read = events.next();
    const reason = GatewayError.deadlineExceeded();
    caller.abort(reason);
    assert.equal(await refusalOf(() => read), reason);
    assert.equal(only().call.signal.reason, reason);
  });

  it("is not held open by one that was aborted and does not read any more", async () => {
    const gone = new AbortController();
    await startReading(callWith({ signal: gone.signal }));
    const second = await handle(callWith());
    gone.abort(GatewayError.deadlineExceeded());
    await closeReply(second);
    assert.ok(only().call.signal.aborted);
    assert.deepEqual(store.state, { running: 0, kept: 0, bytes: 0 });
  });

  it("does not begin for one that is aborted already", async () => {
    const error = await refusalOf(() => handle(callWith({ signal: AbortSignal.abort() })));
    assert.equal(error.code, Code.Canceled);
    assert.equal(below.calls.length, 0);
  });

  it("plans by the first one's deadline, and begins again for one that may wait longer", async () => {
    const deadlineMs = clock.now() + 100;
    const first = handle(callWith({ deadlineMs }));
    const second = wordsOf(callWith({ deadlineMs: deadlineMs + 100 }));
    assert.equal(only().call.deadlineMs, deadlineMs);
    clock.advance(100);
    const error = new GatewayError(Code.Unavailable, ErrorReason.PROVIDER_TIMEOUT, "late");
    only().refuse(error);
    assert.equal(await refusalOf(() => first), error);
    await settle();
    assert.equal(only(1).call.deadlineMs, deadlineMs + 100);
    answerWell(1);
    assert.equal(await second, whole);
  });

  it("passes a failure that came in time to those who may wait longer too", async () => {
    const deadlineMs = clock.now() + 100;
    const calls = [0, 1].map((more) => handle(callWith({ deadlineMs: deadlineMs + more })));
    clock.advance(99);
    const error = GatewayError.draining();
    only().refuse(error);
    for (const call of calls) assert.equal(await refusalOf(() => call), error);
    assert.equal(below.calls.length, 1);
  });

  it("ends a run at its limit, however many have joined it", async () => {
    const deadlineMs = Number.MAX_SAFE_INTEGER;
    const pending = handle(callWith({ deadlineMs }));
    clock.advance(runLimitMs - 1);
    const joined = handle(callWith({ deadlineMs }));
    assert.ok(!(await isSettled(pending)));
    clock.advance(1);
    for (const call of [pending, joined]) {
      assert.equal((await refusalOf(() => call)).code, Code.DeadlineExceeded);
    }
  });

  it("reads its source no faster than its fastest reader", async () => {
    const pending = handle(callWith());
    answerWell();
    const slow = (await pending).events[Symbol.asyncIterator]();
    const fast = (await handle(callWith())).events[Symbol.asyncIterator]();
    assert.equal(only().reads, 0);
    await fast.next();
    await fast.next();
    assert.equal(only().reads, 2);
    await slow.next();
    await settle();
    assert.equal(only().reads, 2);
  });

  it("keeps an answer for its lifetime and not a moment longer", async () => {
    const words = wordsOf(callWith());
    answerWell();
    await words;
    clock.advance(ttlMs - 1);
    assert.equal(store.state.kept, 1);
    clock.advance(1);
    assert.deepEqual(store.state, { running: 0, kept: 0, bytes: 0 });
    void handle(callWith());
    assert.equal(below.calls.length, 2);
  });

  it("leaves no timer but the lifetime's and no listener behind", async () => {
    const caller = new AbortController();
    const { signal } = caller;
    const words = [wordsOf(callWith({ signal })), wordsOf(callWith({ signal }))];
    answerWell();
    await Promise.all(words);
    assert.equal(getEventListeners(signal, "abort").length, 0);
    assert.equal(clock.armed, 1);
    store.close();
    assert.equal(clock.armed, 0);
  });
});
