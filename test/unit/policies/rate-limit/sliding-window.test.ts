import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createSlidingWindow } from "../../../../server/policies/rate-limit/sliding-window.ts";

const minuteMs = 60_000;

describe("a sliding minute", () => {
  it("counts what was added for a minute, and for a second more at most", () => {
    const window = createSlidingWindow();
    window.add(1500, 3);
    assert.equal(window.used(1500 + minuteMs), 3);
    assert.equal(window.used(61_999), 3);
    assert.equal(window.used(62_000), 0);
  });

  it("says exactly from when on there is room", () => {
    const window = createSlidingWindow();
    window.add(1000, 4);
    window.add(5000, 6);
    assert.equal(window.roomAtMs(6000, 1, 10), 62_000);
    assert.equal(window.roomAtMs(6000, 5, 10), 66_000);
    assert.equal(window.roomAtMs(6000, 10, 10), 66_000);
    assert.equal(window.roomAtMs(6000, 11, 10), Number.POSITIVE_INFINITY);
    assert.equal(window.roomAtMs(62_000, 4, 10), 62_000);
  });

  it("gives back what was corrected, and counts what was too little", () => {
    const window = createSlidingWindow();
    const second = window.add(1000, 10);
    window.correct(2000, second, -7);
    assert.equal(window.used(2000), 3);
    window.correct(3000, second, 4);
    assert.equal(window.used(3000), 7);
    assert.equal(window.used(62_000), 0);
  });

  it("counts what comes to light after the minute, and gives back nothing twice", () => {
    const window = createSlidingWindow();
    const second = window.add(1000, 10);
    window.correct(100_000, second, -5);
    assert.equal(window.used(100_000), 0);
    window.correct(100_000, second, 5);
    assert.equal(window.used(100_000), 5);
  });

  for (const [jump, laterMs] of [
    ["back", -3_600_000],
    ["back by a second", -1000],
    ["nowhere", 0],
  ] as const) {
    it(`forgets nothing when the clock jumps ${jump}`, () => {
      const window = createSlidingWindow();
      window.add(10_000_000, 5);
      assert.equal(window.used(10_000_000 + laterMs), 5);
      window.add(10_000_000 + laterMs, 2);
      assert.equal(window.used(10_000_000), 7);
    });
  }

  it("forgets everything when the clock jumps ahead", () => {
    const window = createSlidingWindow();
    window.add(1000, 5);
    assert.equal(window.used(1e12), 0);
    window.add(1e12, 1);
    assert.equal(window.used(1e12), 1);
  });

  it("never lets more than the limit through within any minute, and something through as soon as it says", () => {
    const limit = 20;
    const asked = fc.record({
      waitMs: fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 90_000 })),
      amount: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 80 }), (asks) => {
        const window = createSlidingWindow();
        const passed: { atMs: number; amount: number }[] = [];
        let nowMs = 0;
        for (const { waitMs, amount } of asks) {
          nowMs += waitMs;
          const atMs = window.roomAtMs(nowMs, amount, limit);
          if (atMs > nowMs) {
            assert.ok(window.roomAtMs(atMs - 1, amount, limit) > atMs - 1, "not a moment later");
            nowMs = atMs;
          }
          assert.equal(window.roomAtMs(nowMs, amount, limit), nowMs);
          window.add(nowMs, amount);
          passed.push({ atMs: nowMs, amount });
          const sum = passed
            .filter((each) => each.atMs > nowMs - minuteMs)
            .reduce((total, each) => total + each.amount, 0);
          assert.ok(sum <= limit, `${sum} within a minute`);
        }
      }),
      { numRuns: 300 },
    );
  });
});
