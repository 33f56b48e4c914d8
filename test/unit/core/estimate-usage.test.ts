import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Role, UsageSource } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { estimateUsage } from "../../../server/core/estimate-usage.ts";
import { sampleRequest, textBlock } from "../../fakes/calls.ts";

const asking = (text: string) => ({ role: Role.USER, content: [textBlock(text)] });

describe("estimateUsage", () => {
  for (const [answerBytes, tokens] of [
    [1, 1],
    [4, 1],
    [5, 2],
    [4_000_000, 1_000_000],
  ] as const) {
    it(`takes ${answerBytes} bytes for ${tokens} tokens, and says that it is an estimate`, () => {
      const usage = estimateUsage(sampleRequest(), answerBytes);
      assert.equal(usage.outputTokens, tokens);
      assert.equal(usage.source, UsageSource.ESTIMATED);
    });
  }

  for (const [text, tokens] of [
    ["abcde", 2],
    ["日本語", 3],
    ["🙂", 1],
  ] as const) {
    it(`counts the bytes, not the characters, of ${text}`, () => {
      const request = sampleRequest({ messages: [asking(text)] });
      assert.equal(estimateUsage(request, 0).inputTokens, tokens);
    });
  }

  it("counts the system text and every message", () => {
    const text = "x".repeat(400);
    const request = sampleRequest({ system: text, messages: [asking(text), asking(text)] });
    assert.equal(estimateUsage(request, 0).inputTokens, 300);
  });

  it("is never zero: a call that was made cost something", () => {
    const { inputTokens, outputTokens } = estimateUsage(sampleRequest({ messages: [] }), 0);
    assert.deepEqual([inputTokens, outputTokens], [1, 1]);
  });
});
