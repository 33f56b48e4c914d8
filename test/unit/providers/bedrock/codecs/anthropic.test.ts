import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import {
  type Completed,
  FinishReason,
  UsageSource,
} from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { CompletionEvent } from "../../../../../server/core/reply.ts";
import { anthropic } from "../../../../../server/providers/bedrock/codecs/anthropic.ts";
import { answerFixture, type Json } from "../../../../fakes/bedrock-fixtures.ts";
import { sampleAttempt } from "../../../../fakes/calls.ts";
import { wordOf } from "../../../../fakes/completion-events.ts";
import { refusalOf } from "../../../../fakes/outcomes.ts";

const headerCounts = { inputTokens: 100, outputTokens: 200, cacheReadInputTokens: 7 };

const decoded = (change: Json = {}, counts?: typeof headerCounts) =>
  anthropic.decode({ ...answerFixture("answer-text"), ...change }, sampleAttempt(), counts);

function completedOf(events: readonly CompletionEvent[]): Completed {
  const last = events.at(-1);
  assert.ok(last?.case === "completed");
  return last.value;
}

describe("a whole answer of Claude", () => {
  it("brings its text and its end", () => {
    const events = decoded();
    assert.deepEqual(events.map(wordOf), ["The capital of France is Paris.", "completed"]);
    const { finishReason, providerFinishReason, stopSequence } = completedOf(events);
    assert.deepEqual(
      [finishReason, providerFinishReason, stopSequence],
      [FinishReason.STOP, "end_turn", ""],
    );
  });

  it("brings the counts of its body, those of the cache apart", () => {
    const { usage } = completedOf(decoded({}, headerCounts));
    assert.equal(usage?.inputTokens, 14);
    assert.equal(usage?.outputTokens, 10);
    assert.equal(usage?.cacheReadInputTokens, 5);
    assert.equal(usage?.cacheWriteInputTokens, 3);
    assert.equal(usage?.source, UsageSource.REPORTED);
  });

  for (const usage of [undefined, null, {}, { input_tokens: "14", output_tokens: -1 }]) {
    it(`takes the headers' counts where the body's are ${JSON.stringify(usage)}`, () => {
      const found = completedOf(decoded({ usage }, headerCounts)).usage;
      assert.deepEqual([found?.inputTokens, found?.outputTokens], [100, 200]);
      assert.equal(found?.cacheReadInputTokens, 7);
      assert.equal(found?.source, UsageSource.REPORTED);
    });
  }

  it("is estimated, and says so, where nobody counted", () => {
    const { usage } = completedOf(decoded({ usage: undefined }));
    assert.equal(usage?.source, UsageSource.ESTIMATED);
    assert.ok((usage?.inputTokens ?? 0) > 0 && (usage?.outputTokens ?? 0) > 0);
  });

  for (const [word, reason] of [
    ["end_turn", FinishReason.STOP],
    ["max_tokens", FinishReason.LENGTH],
    ["stop_sequence", FinishReason.STOP_SEQUENCE],
    ["tool_use", FinishReason.TOOL_USE],
    ["refusal", FinishReason.REFUSAL],
    ["model_context_window_exceeded", FinishReason.CONTEXT_WINDOW],
    ["pause_turn", FinishReason.OTHER],
    ["a_word_of_tomorrow", FinishReason.OTHER],
    ["constructor", FinishReason.OTHER],
  ] as const) {
    it(`that ended with ${word} keeps the word beside the reason`, () => {
      const completed = completedOf(decoded({ stop_reason: word }));
      assert.equal(completed.finishReason, reason);
      assert.equal(completed.providerFinishReason, word);
    });
  }

  it("does not take a count that the contract cannot hold", () => {
    const usage = { input_tokens: 2 ** 31, output_tokens: 1 };
    const completed = completedOf(decoded({ usage }));
    assert.equal(completed.usage?.source, UsageSource.ESTIMATED);
  });

  it("names the stop sequence that ended it", () => {
    const completed = completedOf(decoded({ stop_reason: "stop_sequence", stop_sequence: "END" }));
    assert.equal(completed.stopSequence, "END");
  });

  it("keeps thinking apart from the text, each under its own index", () => {
    const events = anthropic.decode(answerFixture("answer-thinking"), sampleAttempt(), undefined);
    const [thinking, text] = events;
    assert.ok(thinking?.case === "delta" && text?.case === "delta");
    assert.ok(thinking.value.piece.case === "reasoning");
    assert.equal(thinking.value.piece.value.text, "France. Its capital?");
    assert.equal(thinking.value.piece.value.signature, "c2lnbmF0dXJl");
    assert.deepEqual([thinking.value.blockIndex, text.value.blockIndex], [0, 1]);
    assert.equal(wordOf(text), "Paris.");
  });

  it("passes over blocks that it does not know", () => {
    const content = [{ type: "hologram" }, null, 7, { type: "text", text: "Paris." }];
    assert.deepEqual(decoded({ content }).map(wordOf), ["Paris.", "completed"]);
  });

  it("may be empty", () => assert.deepEqual(decoded({ content: [] }).map(wordOf), ["completed"]));

  for (const [about, body] of [
    ["nothing", undefined],
    ["null", null],
    ["a text", "Paris."],
    ["a list", []],
    ["an error", { error: { type: "x" } }],
    ["an answer without content", { ...answerFixture("answer-text"), content: undefined }],
    ["an answer whose content is text", { ...answerFixture("answer-text"), content: "Paris." }],
    ["an answer without a stop reason", { ...answerFixture("answer-text"), stop_reason: null }],
  ] as const) {
    it(`is DATA_LOSS when it is ${about}`, async () => {
      const error = await refusalOf(() => anthropic.decode(body, sampleAttempt(), headerCounts));
      assert.equal(error.code, Code.DataLoss);
      assert.equal(error.retry, "other-endpoint");
    });
  }
});
