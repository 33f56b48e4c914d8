import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import type { Call } from "../../../server/core/call.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { Reply } from "../../../server/core/reply.ts";
import { abortError, untilAborted } from "../../../server/core/signals.ts";
import { deadline } from "../../../server/resilience/deadline.ts";
import { sampleCall } from "../../fakes/calls.ts";
import { completedEvent, textEvent } from "../../fakes/completion-events.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { readAll, refusalOf } from "../../fakes/outcomes.ts";
import type { Step } from "../../fakes/scripted-events.ts";
import { scriptedHandler, scriptedReply } from "../../fakes/scripted-handler.ts";

describe("deadline", () => {
  /** A call that has 100 ms. */
  function start(handler: ReturnType<typeof scriptedHandler<Call>>) {
    const clock = createManualClock();
    const caller = new AbortController();
    const call = sampleCall({ deadlineMs: clock.now() + 100, signal: caller.signal });
    const handle = deadline({ clock }).wrap(handler.handle);
    const left = () => ({
      timers: clock.armed,
      listeners: getEventListeners(caller.signal, "abort").length,
    });
    return { clock, caller, call, handle, left };
  }
  const nothing = { timers: 0, listeners: 0 };
  const answering = (...steps: readonly Step[]) => scriptedHandler<Call>(scriptedReply(...steps));

  it("aborts what is below when the deadline passes, not a moment earlier", async () => {
    const handler = answering(textEvent("a"), completedEvent());
    const { clock, call, handle } = start(handler);
    await handle(call);
    const signal = handler.calls[0]?.signal;
    assert.ok(signal);
    clock.advance(99);
    assert.ok(!signal.aborted);
    clock.advance(1);
    assert.equal(abortError(signal).code, Code.DeadlineExceeded);
  });

  it("aborts at once when the deadline has passed already", async () => {
    const clock = createManualClock();
    const handle = deadline({ clock }).wrap((call) =>
      untilAborted(new Promise<Reply>(() => {}), call.signal),
    );
    const refusal = refusalOf(() => handle(sampleCall({ deadlineMs: clock.now() - 5 })));
    clock.advance(0);
    assert.equal((await refusal).code, Code.DeadlineExceeded);
    assert.equal(clock.armed, 0);
  });

  it("passes the caller's own abort on with its reason", async () => {
    const handler = answering(textEvent("a"));
    const { caller, call, handle } = start(handler);
    await handle(call);
    const reason = GatewayError.draining();
    caller.abort(reason);
    assert.equal(handler.calls[0]?.signal.reason, reason);
  });

  it("leaves no timer and no listener when the answer is read to its end", async () => {
    const { call, handle, left } = start(answering(textEvent("a"), completedEvent()));
    const reply = await handle(call);
    assert.deepEqual(left(), { timers: 1, listeners: 1 });
    await readAll(reply.events);
    assert.deepEqual(left(), nothing);
  });

  it("leaves none when the call fails, before its first event or after it", async () => {
    const error = GatewayError.draining();
    const early = start(scriptedHandler<Call>({ throws: error }));
    assert.equal(await refusalOf(() => early.handle(early.call)), error);
    assert.deepEqual(early.left(), nothing);
    const late = start(answering(textEvent("a"), { error }));
    const reply = await late.handle(late.call);
    assert.equal(await refusalOf(() => readAll(reply.events)), error);
    assert.deepEqual(late.left(), nothing);
  });

  it("leaves none when the reader leaves", async () => {
    const { call, handle, left } = start(answering(textEvent("a"), textEvent("b")));
    for await (const _ of (await handle(call)).events) break;
    assert.deepEqual(left(), nothing);
  });
});
