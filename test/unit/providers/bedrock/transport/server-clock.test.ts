import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createServerClock } from "../../../../../server/providers/bedrock/transport/server-clock.ts";

const startMs = Date.UTC(2026, 10, 23, 12);
const dateAfter = (ms: number) => new Date(startMs + ms).toUTCString();
const minute = 60_000;

describe("the clock that signatures are dated by", () => {
  for (const [about, date, learns] of [
    ["an hour ahead", dateAfter(60 * minute), true],
    ["an hour behind", dateAfter(-60 * minute), true],
    ["four minutes ahead", dateAfter(4 * minute), true],
    ["less than four minutes ahead", dateAfter(4 * minute - 1000), false],
    ["right", dateAfter(0), false],
    ["nowhere", undefined, false],
    ["nonsense", "yesterday", false],
  ] as const) {
    it(`${learns ? "follows" : "does not follow"} a server that is ${about}`, () => {
      const clock = createServerClock(() => startMs);
      assert.equal(clock.learn(date), learns);
      assert.equal(clock.now(), learns ? Date.parse(date ?? "") : startMs);
    });
  }

  it("goes on from what it has learnt, and learns again when the machine's clock is put right", () => {
    let ownMs = startMs;
    const clock = createServerClock(() => ownMs);
    clock.learn(dateAfter(60 * minute));
    ownMs += minute;
    assert.equal(clock.now(), startMs + 61 * minute);
    ownMs = startMs + 62 * minute;
    assert.equal(clock.learn(dateAfter(62 * minute)), true);
    assert.equal(clock.now(), ownMs);
    assert.equal(clock.learn(dateAfter(62 * minute)), false);
  });
});
