import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type ContentBlockSchema,
  Role,
  UsageSource,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
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

  it("counts what is more than text: pictures, documents, tools, what they answered, and reasoning", () => {
    const base = estimateUsage(sampleRequest(), 0).inputTokens;
    const more = (change: Parameters<typeof sampleRequest>[0]) =>
      estimateUsage(sampleRequest(change), 0).inputTokens - base;
    const blocks = (...content: MessageInitShape<typeof ContentBlockSchema>[]) =>
      more({ messages: [asking("What is the capital of France?"), { role: Role.USER, content }] });
    const bytes = new Uint8Array(2400);
    const image = { block: { case: "image", value: { content: bytes } } } as const;
    assert.equal(blocks(image), 1600);
    const documentOf = (mediaType: string) =>
      ({ block: { case: "document", value: { content: bytes, mediaType } } }) as const;
    assert.equal(blocks(documentOf("text/csv")), 600);
    assert.equal(blocks(documentOf("application/pdf")), 100);
    assert.equal(blocks({ block: { case: "toolResult", value: { content: [image] } } }), 1600);
    const input = { city: "x".repeat(389) };
    assert.equal(blocks({ block: { case: "toolUse", value: { name: "", input } } }), 100);
    assert.equal(blocks({ block: { case: "reasoning", value: { text: "x".repeat(400) } } }), 100);
    assert.equal(more({ tools: [{ name: "a".repeat(40), description: "b".repeat(360) }] }), 100);
  });

  it("is never zero: a call that was made cost something", () => {
    const { inputTokens, outputTokens } = estimateUsage(sampleRequest({ messages: [] }), 0);
    assert.deepEqual([inputTokens, outputTokens], [1, 1]);
  });
});
