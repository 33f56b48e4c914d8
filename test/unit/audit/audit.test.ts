import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { auditCopy } from "../../../server/audit/audit.ts";
import { auditUnavailable } from "../../../server/audit/audit-unavailable.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { Handler } from "../../../server/core/layer.ts";
import { sampleAttempt, sampleCall } from "../../fakes/calls.ts";
import { textEvent, wordOf } from "../../fakes/completion-events.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { isSettled, readAll, readUntilError, refusalOf, settle } from "../../fakes/outcomes.ts";
import { createRecordedAuditLog } from "../../fakes/recorded-audit-log.ts";
import { scriptedHandler, scriptedReply } from "../../fakes/scripted-handler.ts";

import { busy, good, kinds, lastOf, resultOf, screened, stage, textHash } from "./audit-stage.ts";

describe("a call that is on record", () => {
  it("is made only when it is durable that it is about to be made", async () => {
    const { log, model, handle } = stage(good());
    log.hold();
    const replying = handle(screened());
    await settle();
    assert.deepEqual([kinds(log), model.calls.length], [["intend intent"], 0]);
    log.take();
    await replying;
    assert.equal(model.calls.length, 1);
  });

  it("passes its pieces at once, and its end only when it is durable how it ended", async () => {
    const { log, handle } = stage(good());
    const { events } = await handle(screened());
    log.hold();
    const reading = events[Symbol.asyncIterator]();
    assert.equal(wordOf((await reading.next()).value), "Par");
    assert.equal(wordOf((await reading.next()).value), "is.");
    assert.deepEqual(kinds(log), ["intend intent"]);
    const end = reading.next();
    assert.equal(await isSettled(end), false);
    assert.deepEqual(kinds(log), ["intend intent", "record outcome"]);
    log.take();
    assert.equal((await end).value.case, "completed");
    assert.equal((await reading.next()).done, true);
    assert.equal(log.told.length, 2, "once");
  });

  it("is not made when that cannot be written: the caller is told why, and it is noted", async () => {
    const { log, model, handle } = stage(good());
    const error = auditUnavailable();
    log.refuseAll("intend", error);
    assert.equal(await refusalOf(() => handle(screened())), error);
    assert.equal(model.calls.length, 0);
    assert.deepEqual(kinds(log), ["intend intent", "note outcome"]);
    const { decision, code, reason } = resultOf(log);
    assert.deepEqual([decision, code, reason], ["error", "unavailable", "AUDIT_UNAVAILABLE"]);
  });

  it("has its answer withheld when its end cannot be written", async () => {
    const reply = good();
    const { log, handle } = stage(reply);
    const { events } = await handle(screened());
    const error = auditUnavailable();
    log.refuseAll("record", error);
    const read = await readUntilError(events);
    assert.deepEqual(read.items.map(wordOf), ["Par", "is."]);
    assert.equal(read.error, error);
    assert.equal(log.told.length, 2, "once");
    assert.equal(reply.events.closes, 1);
  });

  const failures: readonly (readonly [what: string, error: unknown, reason: string])[] = [
    ["an error of a provider", busy, "PROVIDER_UNAVAILABLE"],
    ["the deadline", GatewayError.deadlineExceeded(), "DEADLINE_EXCEEDED"],
    ["a fault of the gateway's own", new TypeError("x is undefined"), "INTERNAL"],
  ];
  for (const [what, error, reason] of failures) {
    it(`that ends in ${what} has that on record before the caller is told, unchanged`, async () => {
      const { log, handle } = stage({ throws: error });
      const failing = handle(screened());
      assert.equal(await isSettled(failing), true);
      const held = stage({ throws: error });
      const waiting = held.handle(screened());
      held.log.hold();
      await assert.rejects(failing, (thrown) => thrown === error);
      assert.deepEqual(kinds(log), ["intend intent", "record outcome"]);
      assert.equal(resultOf(log).reason, reason);
      assert.equal(await isSettled(waiting), false, "not before");
      held.log.take();
      await assert.rejects(waiting, (thrown) => thrown === error);
    });

    it(`that ends in ${what} after a piece has that on record, unchanged, even when it cannot be written`, async () => {
      for (const isWritten of [true, false]) {
        const { log, handle } = stage(scriptedReply(textEvent("Par"), { error }));
        const { events } = await handle(screened());
        if (!isWritten) log.refuseAll("record", auditUnavailable());
        const read = await readUntilError(events);
        assert.equal(read.error, error);
        assert.deepEqual(kinds(log), ["intend intent", "record outcome"]);
        assert.equal(resultOf(log).reason, reason);
        assert.deepEqual(lastOf(log).hmacOf?.answer, textHash("Par"), "what came until then");
      }
    });
  }

  it("that its caller leaves has that on record, and what came until then", async () => {
    const reply = scriptedReply(textEvent("Par"), "silence");
    const { log, handle } = stage(reply);
    const { events } = await handle(screened());
    for await (const _ of events) break;
    assert.deepEqual(kinds(log), ["intend intent", "record outcome"]);
    const { decision, code, reason } = resultOf(log);
    assert.deepEqual([decision, code, reason], ["error", "canceled", "CANCELLED"]);
    assert.deepEqual(lastOf(log).hmacOf?.answer, textHash("Par"));
    assert.equal(reply.events.closes, 1);
  });

  it("that its caller leaves at the very end has its true end on record, once", async () => {
    const { log, handle } = stage(good());
    const { events } = await handle(screened());
    const reading = events[Symbol.asyncIterator]();
    await reading.next();
    await reading.next();
    log.hold();
    const end = reading.next();
    await settle();
    await reading.return?.();
    log.take();
    await end;
    assert.deepEqual(kinds(log), ["intend intent", "record outcome"]);
    assert.equal(resultOf(log).decision, "allow");
  });

  it("that its caller leaves is left in peace when that cannot be written", async () => {
    const { log, handle } = stage(scriptedReply(textEvent("Par"), "silence"));
    const { events } = await handle(screened());
    log.refuseAll("record", auditUnavailable());
    for await (const _ of events) break;
    await settle();
    assert.equal(log.told.length, 2);
  });
});

describe("a copy of shadow mode", () => {
  it("is on record as a copy, under the request's id, and made only then", async () => {
    const log = createRecordedAuditLog();
    const model = scriptedHandler(good());
    const options = {
      log,
      clock: createManualClock(),
      configuration: "c0ffee",
      bodies: false,
    };
    const handle = auditCopy(options).wrap(
      model.handle as Handler<ReturnType<typeof sampleAttempt>>,
    );
    log.hold();
    const copying = handle(sampleAttempt());
    await settle();
    assert.equal(model.calls.length, 0);
    log.take();
    const { events } = await copying;
    const reading = readAll(events);
    await settle();
    log.take();
    await reading;
    assert.deepEqual(kinds(log), ["intend copy-intent", "record copy-outcome"]);
    assert.equal(lastOf(log).requestId, sampleCall().id);
    assert.equal(resultOf(log).decision, "allow");
  });
});
