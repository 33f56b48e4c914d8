import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fingerprintOf } from "../../../server/core/request-fingerprint.ts";
import { idempotency } from "../../../server/resilience/idempotency.ts";
import { createIdempotencyStore } from "../../../server/resilience/idempotency-store.ts";
import { sampleCall, sampleRequest } from "../../fakes/calls.ts";
import { completedEvent, textEvent, wordOf } from "../../fakes/completion-events.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { readAll } from "../../fakes/outcomes.ts";
import { scriptedHandler, scriptedReply } from "../../fakes/scripted-handler.ts";

describe("a repeated request that policies change each time", () => {
  it("is known by what it was before, and the kept answer by what the model was asked", async () => {
    const clock = createManualClock();
    const store = createIdempotencyStore({ clock, ttlMs: 1000, maxBytes: 1_000_000 });
    const model = scriptedHandler(
      scriptedReply(textEvent("for "), textEvent("T1"), completedEvent()),
    );
    const handle = idempotency({ clock, store, runLimitMs: 1000 }).wrap(model.handle);
    const repeat = { key: "k", fingerprint: fingerprintOf(sampleRequest()) };
    for (const token of ["T1", "T2"]) {
      const reply = await handle(sampleCall({ repeat, request: sampleRequest({ system: token }) }));
      assert.equal((await readAll(reply.events)).map(wordOf).join(""), "for T1completed");
    }
    assert.deepEqual(
      model.calls.map(({ request }) => request.system),
      ["T1"],
    );
  });
});
