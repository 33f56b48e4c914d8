import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UsageSource } from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { CompletionEvent } from "../../../../../server/core/reply.ts";
import { anthropic } from "../../../../../server/providers/bedrock/codecs/anthropic.ts";
import { answerOf, completedOf } from "../../../../conformance/codec/reading.ts";
import { streamFixture } from "../../../../fakes/bedrock-fixtures.ts";
import { sampleAttempt } from "../../../../fakes/calls.ts";
import { wordOf } from "../../../../fakes/completion-events.ts";
import { refusalOf } from "../../../../fakes/outcomes.ts";

const decoded = (chunks: readonly unknown[]): CompletionEvent[] => {
  const decoder = anthropic.decodeStream(sampleAttempt());
  return chunks.flatMap((chunk) => decoder.push(chunk));
};

const question = streamFixture("anthropic/question");
const tools = streamFixture("anthropic/tool-use");
const delta = (text: string, index: number) => ({
  type: "content_block_delta",
  index,
  delta: { type: "text_delta", text },
});

describe("a stream of Claude", () => {
  it("tells a tool's id and name at once, its arguments as they are written", () => {
    const pieces = decoded(tools).flatMap((event) =>
      event.case === "delta" && event.value.piece.case === "toolUse" ? [event.value] : [],
    );
    const first = pieces
      .filter(({ blockIndex }) => blockIndex === 1)
      .map(({ piece }) => piece.value);
    assert.deepEqual(
      first.map((value) => typeof value === "object" && { ...value, $typeName: undefined }),
      [
        { $typeName: undefined, id: "toolu_bdrk_01A", name: "weather", inputJson: "" },
        { $typeName: undefined, id: "", name: "", inputJson: '{"ci' },
        { $typeName: undefined, id: "", name: "", inputJson: 'ty": "Par' },
        { $typeName: undefined, id: "", name: "", inputJson: 'is"}' },
      ],
    );
  });

  it("keeps what message_start counted where message_delta leaves it open", () => {
    const open = { output_tokens: 7, input_tokens: null, cache_read_input_tokens: null };
    const chunks = question.map((chunk) =>
      chunk.type === "message_delta" ? { ...chunk, usage: open } : chunk,
    );
    const { usage } = completedOf(decoded(chunks));
    assert.deepEqual([usage?.inputTokens, usage?.outputTokens], [14, 7]);
    assert.equal(usage?.source, UsageSource.REPORTED);
  });

  it("passes over arguments of a block that is no tool use of ours", () => {
    const server = [
      {
        type: "content_block_start",
        index: 5,
        content_block: { type: "server_tool_use", id: "srvtoolu_1", name: "web_search" },
      },
      {
        type: "content_block_delta",
        index: 5,
        delta: { type: "input_json_delta", partial_json: '{"query":' },
      },
      { type: "content_block_stop", index: 5 },
    ];
    const chunks = [...question.slice(0, -2), ...server, ...question.slice(-2)];
    assert.deepEqual(answerOf(decoded(chunks)), answerOf(decoded(question)));
  });

  it("brings nothing after its end", () => {
    assert.deepEqual(decoded([...question, ...question]), decoded(question));
  });

  it("does not mix the halves of two blocks", () => {
    const [high = "", low = ""] = "🙂".split("");
    const mixed = [delta(high, 0), delta(high, 1), delta(low, 1), delta(low, 0)];
    assert.deepEqual(decoded(mixed).map(wordOf), ["🙂", "🙂"]);
  });

  it("whose tool use has no name is DATA_LOSS", async () => {
    const nameless = {
      type: "content_block_start",
      index: 0,
      content_block: { type: "tool_use", id: "toolu_1" },
    };
    const error = await refusalOf(() => decoded([nameless]));
    assert.equal(error.reason, ErrorReason.PROVIDER_MALFORMED_RESPONSE);
  });

  for (const [type, reason] of [
    ["overloaded_error", ErrorReason.PROVIDER_UNAVAILABLE],
    ["api_error", ErrorReason.PROVIDER_UNAVAILABLE],
    ["rate_limit_error", ErrorReason.PROVIDER_THROTTLED],
    ["timeout_error", ErrorReason.PROVIDER_TIMEOUT],
    ["invalid_request_error", ErrorReason.PROVIDER_REJECTED],
    ["error_of_tomorrow", ErrorReason.PROVIDER_UNAVAILABLE],
    ["", ErrorReason.PROVIDER_UNAVAILABLE],
  ] as const) {
    it(`ends with the error ${type || "of no type"} that comes in band`, async () => {
      const error = { type: "error", error: { type, message: "secret words" } };
      const thrown = await refusalOf(() => decoded([...question.slice(0, 3), error]));
      assert.equal(thrown.reason, reason);
      assert.doesNotMatch(thrown.message, /secret/);
    });
  }

  it("knows what was read, cache included, and how much was written when it breaks", () => {
    const decoder = anthropic.decodeStream(sampleAttempt());
    for (const chunk of streamFixture("anthropic/cache").slice(0, 3)) decoder.push(chunk);
    decoder.push(delta("A long answer that goes on and on.", 0));
    const usage = decoder.usageSoFar();
    assert.equal(usage.inputTokens, 4);
    assert.deepEqual([usage.cacheReadInputTokens, usage.cacheWriteInputTokens], [500, 3000]);
    assert.equal(
      usage.outputTokens,
      Math.ceil("Yes.A long answer that goes on and on.".length / 4),
    );
    assert.equal(usage.source, UsageSource.ESTIMATED);
  });

  it("counts arguments of tools and thinking in what was written", () => {
    for (const path of ["anthropic/tool-use", "anthropic/thinking"]) {
      const decoder = anthropic.decodeStream(sampleAttempt());
      const before = decoder.usageSoFar().outputTokens;
      for (const chunk of streamFixture(path).slice(0, -2)) decoder.push(chunk);
      assert.ok(decoder.usageSoFar().outputTokens > before + 3, path);
    }
  });
});
