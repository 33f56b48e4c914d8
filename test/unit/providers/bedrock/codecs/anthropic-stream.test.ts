import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import fc from "fast-check";
import {
  type Completed,
  FinishReason,
  UsageSource,
} from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { CompletionEvent } from "../../../../../server/core/reply.ts";
import { anthropic } from "../../../../../server/providers/bedrock/codecs/anthropic.ts";
import { type Json, streamFixture } from "../../../../fakes/bedrock-fixtures.ts";
import { sampleAttempt } from "../../../../fakes/calls.ts";
import { wordOf } from "../../../../fakes/completion-events.ts";
import { refusalOf } from "../../../../fakes/outcomes.ts";

function decoded(chunks: readonly unknown[]): CompletionEvent[] {
  const decoder = anthropic.decodeStream(sampleAttempt());
  return chunks.flatMap((chunk) => decoder.push(chunk));
}

function completedOf(events: readonly CompletionEvent[]): Completed {
  const last = events.at(-1);
  assert.ok(last?.case === "completed");
  return last.value;
}

const typeOf = (chunk: Json) => chunk.type;
const chunks = streamFixture("stream-text");
const without = (...types: readonly string[]) =>
  chunks.filter((chunk) => !types.includes(String(typeOf(chunk))));
const delta = (text: string, index = 0) => ({
  type: "content_block_delta",
  index,
  delta: { type: "text_delta", text },
});
const stop = { type: "content_block_stop", index: 0 };
/** The fixture with other text in it. */
const saying = (...texts: readonly string[]) => [
  ...chunks.slice(0, 2),
  ...texts.map((text) => delta(text)),
  ...chunks.slice(4),
];

describe("a stream of Claude", () => {
  it("brings each piece as it comes, and its end last", () => {
    const events = decoded(chunks);
    assert.deepEqual(events.map(wordOf), ["The capital", " of France is Paris.", "completed"]);
    const { finishReason, providerFinishReason } = completedOf(events);
    assert.deepEqual([finishReason, providerFinishReason], [FinishReason.STOP, "end_turn"]);
  });

  it("counts by its own usage even where the metrics disagree", () => {
    const { usage } = completedOf(decoded(chunks));
    assert.equal(usage?.inputTokens, 25);
    assert.equal(usage?.outputTokens, 34);
    assert.equal(usage?.cacheReadInputTokens, 5);
    assert.equal(usage?.cacheWriteInputTokens, 3);
    assert.equal(usage?.source, UsageSource.REPORTED);
  });

  it("counts by the metrics where it has no usage of its own", () => {
    const { usage } = completedOf(decoded(without("message_start")));
    assert.deepEqual([usage?.inputTokens, usage?.outputTokens], [25, 20]);
    assert.equal(usage?.source, UsageSource.REPORTED);
  });

  it("is estimated, and says so, where nobody counts", () => {
    const silent = [...without("message_start", "message_stop"), { type: "message_stop" }];
    const { usage } = completedOf(decoded(silent));
    assert.equal(usage?.source, UsageSource.ESTIMATED);
    assert.equal(usage?.outputTokens, Math.ceil("The capital of France is Paris.".length / 4));
  });

  it("keeps thinking and its signature apart from the text", () => {
    const events = decoded(streamFixture("stream-thinking"));
    const pieces = events.flatMap((event) => (event.case === "delta" ? [event.value] : []));
    const reasoning = pieces.flatMap(({ piece }) =>
      piece.case === "reasoning" ? [piece.value] : [],
    );
    assert.equal(reasoning.map(({ text }) => text).join(""), "France. Its capital?");
    assert.equal(reasoning.map(({ signature }) => signature).join(""), "c2lnbmF0dXJl");
    assert.deepEqual(
      pieces.map(({ blockIndex }) => blockIndex),
      [0, 0, 0, 1],
    );
    assert.equal(completedOf(events).usage?.outputTokens, 21);
  });

  it("passes over what it does not know", () => {
    const strange = [
      { type: "ping" },
      { type: "hologram" },
      {},
      null,
      [],
      "text",
      { type: "content_block_delta", index: 0, delta: { type: "citations_delta" } },
      { type: "content_block_delta" },
    ];
    const events = decoded(chunks.flatMap((chunk) => [...strange, chunk]));
    assert.deepEqual(events, decoded(chunks));
  });

  it("makes no event of an empty piece", () => {
    assert.deepEqual(decoded(saying("", "Paris.", "")).map(wordOf), ["Paris.", "completed"]);
  });

  for (const ending of [
    without("message_delta"),
    chunks.map((chunk) =>
      typeOf(chunk) === "message_delta" ? { ...chunk, delta: { stop_reason: null } } : chunk,
    ),
  ]) {
    it(`of ${ending.length} chunks that ends without a stop reason is DATA_LOSS`, async () => {
      assert.equal((await refusalOf(() => decoded(ending))).code, Code.DataLoss);
    });
  }

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
      const thrown = await refusalOf(() => decoded([...chunks.slice(0, 3), error]));
      assert.equal(thrown.reason, reason);
      assert.doesNotMatch(thrown.message, /secret/);
    });
  }

  it("knows how much was used when it breaks", () => {
    const decoder = anthropic.decodeStream(sampleAttempt());
    for (const chunk of chunks.slice(0, 3)) decoder.push(chunk);
    const { inputTokens, outputTokens, source } = decoder.usageSoFar();
    assert.deepEqual([inputTokens, outputTokens], [25, Math.ceil("The capital".length / 4)]);
    assert.equal(source, UsageSource.ESTIMATED);
  });
});

describe("the pieces of a stream of Claude", () => {
  const words = "Grüße 🙂👩‍👩‍👧 日本 𝒳!";

  it("are the text again wherever it is cut in two, and never cut a code point", () => {
    for (let at = 0; at <= words.length; at++) {
      const pieces = decoded(saying(words.slice(0, at), words.slice(at)))
        .slice(0, -1)
        .map(wordOf);
      assert.equal(pieces.join(""), words, `cut at ${at}`);
      for (const piece of pieces) assert.ok(piece.isWellFormed(), `cut at ${at}`);
    }
  });

  it("are the text again when every unit comes alone", () => {
    const pieces = decoded(saying(...words.split("")))
      .slice(0, -1)
      .map(wordOf);
    assert.equal(pieces.join(""), words);
    assert.ok(pieces.every((piece) => piece !== "" && piece.isWellFormed()));
  });

  it("are the text again for any text and any cuts", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 50 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(60)), (value, cuts) => {
        const ends = [...cuts, value.length].sort((a, b) => a - b);
        const pieces = ends.map((end, index) => value.slice(ends[index - 1] ?? 0, end));
        const written = decoded(saying(...pieces))
          .slice(0, -1)
          .map(wordOf);
        assert.equal(written.join(""), value);
        assert.ok(written.every((piece) => piece.isWellFormed()));
      }),
    );
  });

  it("of two blocks do not mix their halves", () => {
    const [high = "", low = ""] = "🙂".split("");
    const mixed = [delta(high, 0), delta(high, 1), delta(low, 1), delta(low, 0)];
    assert.deepEqual(decoded(mixed).map(wordOf), ["🙂", "🙂"]);
  });

  it("lose nothing when a block ends in half a code point", () => {
    const [high = ""] = "🙂".split("");
    assert.equal(
      decoded([delta(`a${high}`), stop])
        .map(wordOf)
        .join(""),
      `a${high}`,
    );
  });
});
