import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  countsFromHeaders,
  countsFromMetrics,
} from "../../../../server/providers/bedrock/usage.ts";
import { reportedUsage } from "../../../../server/providers/codec-parts/reported-usage.ts";

const header = (name: string) => `x-amzn-bedrock-${name}-token-count`;

describe("countsFromHeaders", () => {
  it("reads the two counts", () => {
    const counts = countsFromHeaders({ [header("input")]: "12", [header("output")]: "0" });
    assert.deepEqual([counts?.inputTokens, counts?.outputTokens], [12, 0]);
    assert.equal(counts?.cacheReadInputTokens, undefined);
  });

  it("reads those of the cache too", () => {
    const counts = countsFromHeaders({
      [header("input")]: "1",
      [header("output")]: "2",
      [header("cache-read-input")]: "3",
      [header("cache-write-input")]: "4",
    });
    assert.deepEqual(counts, {
      inputTokens: 1,
      outputTokens: 2,
      cacheReadInputTokens: 3,
      cacheWriteInputTokens: 4,
    });
  });

  for (const headers of [
    {},
    { [header("input")]: "12" },
    { [header("output")]: "12" },
    { [header("input")]: "many", [header("output")]: "12" },
    { [header("input")]: "-1", [header("output")]: "12" },
    { [header("input")]: "1.5", [header("output")]: "12" },
    { [header("input")]: undefined, [header("output")]: "12" },
  ]) {
    it(`takes ${JSON.stringify(headers)} for no counts at all`, () => {
      assert.equal(countsFromHeaders(headers), undefined);
    });
  }
});

describe("countsFromMetrics", () => {
  it("reads what the service merged into the last chunk", () => {
    const counts = countsFromMetrics({
      type: "message_stop",
      "amazon-bedrock-invocationMetrics": {
        inputTokenCount: 12,
        outputTokenCount: 34,
        cacheReadInputTokenCount: 5,
        invocationLatency: 1234,
      },
    });
    assert.deepEqual(counts, {
      inputTokens: 12,
      outputTokens: 34,
      cacheReadInputTokens: 5,
      cacheWriteInputTokens: undefined,
    });
  });

  for (const metrics of [undefined, null, [], "12", { inputTokenCount: 12 }]) {
    it(`takes ${JSON.stringify(metrics)} for no counts at all`, () => {
      assert.equal(countsFromMetrics({ "amazon-bedrock-invocationMetrics": metrics }), undefined);
    });
  }
});

describe("reportedUsage", () => {
  it("takes cache counts that nobody reported for zero", () => {
    const usage = reportedUsage({ inputTokens: 1, outputTokens: 2 });
    assert.deepEqual([usage.cacheReadInputTokens, usage.cacheWriteInputTokens], [0, 0]);
    assert.deepEqual([usage.cacheWrite1hInputTokens, usage.reasoningTokens], [0, 0]);
  });

  for (const [reported, taken] of [
    [3, 3],
    [7, 7],
    [8, 7],
  ] as const) {
    it(`takes ${taken} of 7 tokens for the part where ${reported} are reported for it`, () => {
      const usage = reportedUsage({
        inputTokens: 1,
        outputTokens: 7,
        cacheWriteInputTokens: 7,
        cacheWrite1hInputTokens: reported,
        reasoningTokens: reported,
      });
      assert.equal(usage.cacheWrite1hInputTokens, taken);
      assert.equal(usage.reasoningTokens, taken);
    });
  }
});
