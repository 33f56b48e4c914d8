import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SharedRun } from "../../../server/resilience/idempotency-run.ts";
import type { KeptAnswer, Slot } from "../../../server/resilience/idempotency-slot.ts";
import {
  createIdempotencyStore,
  mostAnswerBytes,
} from "../../../server/resilience/idempotency-store.ts";
import { sampleEndpoint } from "../../fakes/calls.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";

const run: SharedRun = {
  fingerprint: "f",
  deadlineMs: 0,
  join: () => Promise.reject(new Error("nobody joins here")),
};
const answerOf = (fingerprint: string): KeptAnswer => ({
  fingerprint,
  reply: { endpoint: sampleEndpoint(), hops: [] },
  events: [],
});

function start(maxBytes = 100_000, ttlMs = 1000) {
  const clock = createManualClock();
  const store = createIdempotencyStore({ clock, ttlMs, maxBytes });
  /** Opens a run and gives its slot. */
  const open = (name: string): Slot => {
    let given: Slot | undefined;
    store.open(name, (slot) => {
      given = slot;
      return run;
    });
    assert.ok(given);
    return given;
  };
  /** Keeps an answer of so many bytes. */
  const keep = (name: string, bytes = 10_000) => {
    const slot = open(name);
    assert.ok(slot.take(bytes));
    slot.keep(answerOf(name));
  };
  const kept = (...names: readonly string[]) => names.filter((name) => store.answer(name));
  return { clock, store, open, keep, kept };
}

describe("the idempotency store", () => {
  it("holds a run until it is kept or dropped", () => {
    const { store, open } = start();
    const slots = [open("a"), open("b")] as const;
    assert.equal(store.run("a"), run);
    for (const slot of slots) slot.take(10);
    slots[0].keep(answerOf("a"));
    slots[1].drop();
    assert.deepEqual([store.run("a"), store.run("b")], [undefined, undefined]);
    assert.equal(store.answer("a")?.fingerprint, "a");
    assert.equal(store.answer("b"), undefined);
  });

  it("lets the oldest answers go when there is no room, and no more of them than it must", () => {
    const { keep, kept } = start(40_000);
    for (const name of ["a", "b", "c", "d"]) keep(name);
    assert.deepEqual(kept("a", "b", "c", "d"), ["b", "c", "d"]);
  });

  it("bounds the number of answers by their bytes, even of empty ones", () => {
    const { keep, store } = start(100_000);
    for (let count = 0; count < 1000; count++) keep(`k${count}`, 1);
    assert.ok(store.state.kept > 10 && store.state.kept < 100);
    assert.ok(store.state.bytes <= 100_000);
  });

  it("never lets a run go for another one", () => {
    const { open, store, keep, kept } = start(40_000);
    keep("old");
    const first = open("a");
    assert.ok(first.take(30_000));
    assert.deepEqual(kept("old"), []);
    assert.ok(!open("b").take(30_000));
    assert.ok(store.run("a"));
  });

  it("lets no answer go for one that would have no room anyway", () => {
    const { open, keep, kept } = start(40_000);
    keep("old");
    const slot = open("a");
    assert.ok(slot.take(20_000));
    assert.ok(!slot.take(30_000));
    assert.deepEqual(kept("old"), ["old"]);
  });

  it("takes no answer over 4 MiB, whatever room there is", () => {
    const { open } = start(1e9);
    const slot = open("a");
    assert.ok(slot.take(mostAnswerBytes - 10_000));
    assert.ok(!slot.take(10_000));
  });

  it("forgets each answer when its lifetime ends, by one timer", () => {
    const { clock, keep, kept, store } = start();
    keep("a");
    clock.advance(600);
    keep("b");
    assert.equal(clock.armed, 1);
    clock.advance(399);
    assert.deepEqual(kept("a", "b"), ["a", "b"]);
    clock.advance(1);
    assert.deepEqual(kept("a", "b"), ["b"]);
    clock.advance(600);
    assert.deepEqual(store.state, { running: 0, kept: 0, bytes: 0 });
    assert.equal(clock.armed, 0);
  });

  it("does not let a run that was dropped touch the one that came after it", () => {
    const { open, store } = start();
    const lost = open("a");
    lost.take(10);
    lost.drop();
    const next = open("a");
    lost.drop();
    lost.keep(answerOf("lost"));
    assert.ok(!lost.take(10));
    assert.ok(store.run("a"));
    next.take(10);
    next.keep(answerOf("next"));
    assert.equal(store.answer("a")?.fingerprint, "next");
  });

  it("gives back every byte that it took", () => {
    const { open, keep, store } = start();
    keep("a");
    const slot = open("b");
    slot.take(50_000);
    assert.ok(store.state.bytes > 60_000);
    slot.drop();
    slot.drop();
    store.close();
    assert.deepEqual(store.state, { running: 0, kept: 0, bytes: 0 });
  });
});
