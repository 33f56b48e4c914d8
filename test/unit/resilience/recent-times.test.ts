import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { array, assert as checks, integer, property } from "fast-check";
import { RecentTimes } from "../../../server/resilience/recent-times.ts";

function timesOf(values: readonly number[], nowMs = 0): RecentTimes {
  const times = new RecentTimes();
  for (const value of values) times.add(value, nowMs);
  return times;
}

describe("recent times", () => {
  it("say nothing until there are five", () => {
    assert.equal(timesOf([1, 2, 3, 4]).at(0.5, 0), undefined);
    assert.equal(timesOf([5, 4, 3, 2, 1]).at(0.5, 0), 3);
  });

  it("tell the fastest, the slowest and what is between, of the latest 64 alone, in whatever order they came", () => {
    checks(
      property(
        array(integer({ min: 0, max: 50 }), { minLength: 5, maxLength: 200, size: "max" }),
        (values) => {
          const times = timesOf(values);
          const sorted = values.slice(-64).sort((a, b) => a - b);
          assert.equal(times.at(0, 0), sorted[0]);
          assert.equal(times.at(1, 0), sorted.at(-1));
          for (const share of [0.25, 0.5, 0.95]) {
            const found = times.at(share, 0) ?? Number.NaN;
            const below = sorted.filter((value) => value <= found).length;
            assert.ok(below >= share * sorted.length);
            assert.ok(sorted.filter((value) => value < found).length < share * sorted.length);
          }
        },
      ),
    );
  });

  it("are forgotten when nothing has come for five minutes", () => {
    const times = timesOf([9, 9, 9, 9, 9]);
    assert.equal(times.at(1, 300_000), 9);
    assert.equal(times.at(1, 300_001), undefined);
    for (let count = 0; count < 4; count++) times.add(1, 300_001);
    assert.equal(times.at(1, 300_001), undefined, "the old ones do not count towards five");
    times.add(1, 300_001);
    assert.equal(times.at(1, 300_001), 1);
  });
});
