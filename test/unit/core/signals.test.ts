import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { GatewayError } from "../../../server/core/error.ts";
import { abortError, linkAbort, untilAborted } from "../../../server/core/signals.ts";
import { refusalOf, settle } from "../../fakes/outcomes.ts";

const listeners = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

describe("linkAbort", () => {
  it("follows its parent with the parent's own reason", () => {
    const parent = new AbortController();
    const link = linkAbort(parent.signal);
    const reason = GatewayError.draining();
    parent.abort(reason);
    assert.equal(link.signal.reason, reason);
    assert.equal(listeners(parent.signal), 0);
  });

  it("takes a reason from outside for a caller that went away", () => {
    const parent = new AbortController();
    const link = linkAbort(parent.signal);
    parent.abort("some library's reason");
    assert.equal(abortError(link.signal).code, Code.Canceled);
  });

  it("is aborted from the start when its parent is", () => {
    const reason = GatewayError.deadlineExceeded();
    assert.equal(linkAbort(AbortSignal.abort(reason)).signal.reason, reason);
  });

  it("aborts by itself without its parent", () => {
    const parent = new AbortController();
    const link = linkAbort(parent.signal);
    link.abort(GatewayError.cancelled());
    assert.ok(link.signal.aborted);
    assert.ok(!parent.signal.aborted);
  });

  it("keeps the first reason", () => {
    const parent = new AbortController();
    const link = linkAbort(parent.signal);
    const first = GatewayError.deadlineExceeded();
    link.abort(first);
    parent.abort(GatewayError.cancelled());
    assert.equal(link.signal.reason, first);
  });

  it("released follows no more and leaves no listener", () => {
    const parent = new AbortController();
    const link = linkAbort(parent.signal);
    assert.equal(listeners(parent.signal), 1);
    link.release();
    link.release();
    assert.equal(listeners(parent.signal), 0);
    parent.abort();
    assert.ok(!link.signal.aborted);
  });
});

describe("untilAborted", () => {
  it("settles as the promise does, and leaves no listener", async () => {
    const { signal } = new AbortController();
    assert.equal(await untilAborted(Promise.resolve(7), signal), 7);
    const error = GatewayError.draining();
    assert.equal(await refusalOf(() => untilAborted(Promise.reject(error), signal)), error);
    await settle();
    assert.equal(listeners(signal), 0);
  });

  it("rejects at the abort even when the promise never settles", async () => {
    const controller = new AbortController();
    const waiting = untilAborted(new Promise(() => {}), controller.signal);
    const reason = GatewayError.deadlineExceeded();
    controller.abort(reason);
    assert.equal(await refusalOf(() => waiting), reason);
  });

  it("rejects at once when the abort came first", async () => {
    const signal = AbortSignal.abort();
    assert.equal(
      (await refusalOf(() => untilAborted(new Promise(() => {}), signal))).code,
      Code.Canceled,
    );
  });

  it("does not make a late failure an unhandled one", async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    const controller = new AbortController();
    const waiting = untilAborted(promise, controller.signal);
    controller.abort();
    await refusalOf(() => waiting);
    reject(new Error("late"));
    await settle();
  });
});
