import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { lotOf } from "../../../server/shadow/sampling.ts";

/** Four standard deviations: a sound lot leaves them once in 16,000 runs. */
function within(count: number, of: number, rate: number): boolean {
  return Math.abs(count - of * rate) <= 4 * Math.sqrt(of * rate * (1 - rate));
}

describe("the lot of a call", () => {
  it("is the same wherever and whenever it is drawn", () => {
    // SHA-256 of the id, by another program.
    const lot = lotOf("00000000-0000-4000-8000-000000000001");
    assert.deepEqual(lot, { sample: 0.06990939111127048, self: 0.5471326711968167 });
  });

  it("falls below a rate as often as the rate says, and the two lots know nothing of each other", () => {
    const lots = Array.from({ length: 50_000 }, () => lotOf(randomUUID()));
    for (const rate of [0.01, 0.1, 0.5, 0.9]) {
      const sampled = lots.filter(({ sample }) => sample < rate);
      assert.ok(within(sampled.length, lots.length, rate), `${sampled.length} at ${rate}`);
      const self = sampled.filter((lot) => lot.self < 0.3);
      assert.ok(within(self.length, sampled.length, 0.3), `${self.length} of ${sampled.length}`);
    }
  });

  it("is from 0 to below 1, so that a rate of 0 takes none and one of 1 takes all", () => {
    for (let index = 0; index < 1000; index++) {
      const { sample, self } = lotOf(String(index));
      assert.ok(sample >= 0 && sample < 1 && self >= 0 && self < 1);
    }
  });
});
