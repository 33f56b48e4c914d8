import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Role, UsageSource } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { estimateUsage } from "../../../server/core/estimate-usage.ts";
import { sampleRequest, textBlock } from "../../fakes/calls.ts";

describe("estimateUsage", () => {
  it("counts four bytes of UTF-8 as a token, rounded up, and says that it is an estimate", () => {
    for (const [answer, tokens] of [
      ["abcd", 1],
      ["abcde", 2],
      ["日本語", 3],
      ["🙂", 1],
    ] as const) {
      const usage = estimateUsage(sampleRequest(), answer);
      assert.equal(usage.outputTokens, tokens, answer);
      assert.equal(usage.source, UsageSource.ESTIMATED);
    }
  });

  it("counts the system text and every message", () => {
    const text = "x".repeat(400);
    const one = { role: Role.USER, content: [textBlock(text), textBlock(text)] };
    const { inputTokens } = estimateUsage(sampleRequest({ system: text, messages: [one] }), "");
    assert.ok(inputTokens >= 300 && inputTokens <= 302, String(inputTokens));
  });

  it("is never zero: a call that was made cost something", () => {
    const { inputTokens, outputTokens } = estimateUsage(sampleRequest({ messages: [] }), "");
    assert.deepEqual([inputTokens, outputTokens], [1, 1]);
  });
});
