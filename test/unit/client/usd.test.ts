import assert from "node:assert/strict";
import { it } from "node:test";
import { usd } from "../../../client/cli/usd.ts";

it("amounts are exact, with two decimals or as many as they need", () => {
  for (const [nanoUsd, text] of [
    [0n, "0.00"],
    [1n, "0.000000001"],
    [114_000n, "0.000114"],
    [250_000_000n, "0.25"],
    [3_000_000_000n, "3.00"],
    [100_500_000_000n, "100.50"],
    [9_007_199_254_740_993_000_000_000n, "9007199254740993.00"],
  ] as const) {
    assert.equal(usd(nanoUsd), text);
  }
});
