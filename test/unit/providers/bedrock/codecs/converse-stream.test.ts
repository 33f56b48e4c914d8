import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import fc from "fast-check";
import { UsageSource } from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Codec } from "../../../../../server/providers/bedrock/codecs/codec.ts";
import { converse } from "../../../../../server/providers/bedrock/codecs/converse.ts";
import { nova } from "../../../../../server/providers/bedrock/codecs/nova.ts";
import { answerOf, completedOf, readStream } from "../../../../conformance/codec/reading.ts";
import { answerFixture, streamFixture } from "../../../../fakes/bedrock-fixtures.ts";
import { sampleAttempt } from "../../../../fakes/calls.ts";
import { refusalOf } from "../../../../fakes/outcomes.ts";

const asked = sampleAttempt();
const end = [
  { messageStop: { stopReason: "end_turn" } },
  { metadata: { usage: { inputTokens: 7, outputTokens: 5, totalTokens: 12 } } },
];
const delta = (contentBlockIndex: number, delta: object) => ({
  contentBlockDelta: { contentBlockIndex, delta },
});
const stop = (contentBlockIndex: number) => ({ contentBlockStop: { contentBlockIndex } });
const reasoning = (index: number, reasoningContent: object) => delta(index, { reasoningContent });
const blocksOf = (codec: Codec, chunks: readonly unknown[]) => {
  const answer = answerOf(readStream(codec, asked, [...chunks, ...end])) as { blocks?: unknown[] };
  return answer.blocks ?? [];
};
const text = (value: string) => ({ text: { text: value } });
const thought = (value: object) => ({ reasoning: value });

for (const codec of [converse, nova]) {
  const fixture = (name: string) => streamFixture(`${codec.family}/${name}`);

  describe(`a stream of ${codec.family}`, () => {
    it("is whole only after metadata, which comes after the stop reason", () => {
      const decoder = codec.decodeStream(asked);
      const chunks = fixture("question");
      const events = chunks.slice(0, -1).flatMap((chunk) => decoder.push(chunk));
      assert.ok(events.every((event) => event.case === "delta"));
      const [last] = decoder.push(chunks.at(-1));
      assert.equal(last?.case, "completed");
    });

    it("whose metadata never comes ends with an estimate, once", () => {
      const decoder = codec.decodeStream(asked);
      for (const chunk of fixture("question").slice(0, -1)) decoder.push(chunk);
      const events = decoder.end?.() ?? [];
      assert.equal(completedOf(events).usage?.source, UsageSource.ESTIMATED);
      assert.deepEqual(decoder.end?.(), []);
    });

    it("that ends before the stop reason is not whole", () => {
      const decoder = codec.decodeStream(asked);
      for (const chunk of fixture("question").slice(0, -2)) decoder.push(chunk);
      assert.deepEqual(decoder.end?.(), []);
    });

    it("with counts and no stop reason is DATA_LOSS", async () => {
      const chunks = fixture("question").filter((chunk) => !("messageStop" in chunk));
      const error = await refusalOf(() => readStream(codec, asked, chunks));
      assert.equal(error.code, Code.DataLoss);
    });

    it("brings nothing after its end", () => {
      const chunks = fixture("question");
      const once = answerOf(readStream(codec, asked, chunks));
      assert.deepEqual(answerOf(readStream(codec, asked, [...chunks, ...chunks])), once);
    });

    it("is one block of text however its pieces are numbered and ended", () => {
      const numbered = fc.array(
        fc.tuple(fc.nat(9), fc.string({ unit: "grapheme" }), fc.boolean()),
        {
          minLength: 1,
        },
      );
      fc.assert(
        fc.property(numbered, (pieces) => {
          const chunks = pieces.flatMap(([index, piece, isEnded]) => [
            delta(index, { text: piece }),
            ...(isEnded ? [stop(index)] : []),
          ]);
          const whole = pieces.map(([, piece]) => piece).join("");
          assert.deepEqual(blocksOf(codec, chunks), whole ? [text(whole)] : []);
        }),
      );
    });

    it("has another block of text after a tool use", () => {
      const use = { start: { toolUse: { toolUseId: "a", name: "now" } }, contentBlockIndex: 1 };
      const chunks = [
        delta(0, { text: "One" }),
        { contentBlockStart: use },
        stop(1),
        delta(2, { text: "Two" }),
      ];
      const toolUse = { toolUse: { id: "a", name: "now", input: {} } };
      assert.deepEqual(blocksOf(codec, chunks), [text("One"), toolUse, text("Two")]);
    });

    it("keeps the arguments of two tools apart, also where they come by turns", () => {
      const start = (index: number, toolUseId: string) => ({
        contentBlockStart: {
          contentBlockIndex: index,
          start: { toolUse: { toolUseId, name: "now" } },
        },
      });
      const input = (index: number, json: string) => delta(index, { toolUse: { input: json } });
      const chunks = [
        start(0, "a"),
        start(1, "b"),
        input(0, '{"x":'),
        input(1, '{"y":'),
        input(0, "1}"),
        input(1, "2}"),
        stop(0),
        stop(1),
      ];
      assert.deepEqual(blocksOf(codec, chunks), [
        { toolUse: { id: "a", name: "now", input: { x: 1 } } },
        { toolUse: { id: "b", name: "now", input: { y: 2 } } },
      ]);
    });

    it("joins reasoning until it is signed or encrypted, and begins anew after that", () => {
      const chunks = [
        reasoning(0, { text: "One, " }),
        reasoning(1, { text: "two." }),
        reasoning(1, { signature: "c2ln" }),
        reasoning(2, { text: "Three" }),
        reasoning(3, { text: "." }),
        reasoning(4, { redactedContent: "AAEC" }),
        reasoning(5, { redactedContent: "AwQ=" }),
        reasoning(5, { redactedContent: "BQ==" }),
      ];
      assert.deepEqual(blocksOf(codec, chunks), [
        thought({ text: "One, two.", signature: "c2ln" }),
        thought({ text: "Three." }),
        thought({ redactedContent: "AAEC" }),
        thought({ redactedContent: "AwQF" }),
      ]);
    });

    it("passes over starts and pieces of kinds that nobody knows", () => {
      const chunks = [
        { contentBlockStart: { contentBlockIndex: 0, start: { hologram: {} } } },
        delta(0, { hologram: {} }),
        delta(0, { toolUse: { input: '{"a":1}' } }),
        reasoning(0, {}),
        delta(0, { text: "Paris." }),
      ];
      assert.deepEqual(blocksOf(codec, chunks), [text("Paris.")]);
    });
  });
}

describe("the counts of Converse", () => {
  it("do not take the total, which counts the cache in", () => {
    const answer = answerFixture("converse/cache");
    const { usage } = completedOf(converse.decode(answer, asked, undefined));
    assert.equal(usage?.inputTokens, 4);
    assert.equal(usage?.cacheReadInputTokens, 500);
  });

  it("take only what is written for an hour for hour-long", () => {
    const answer = answerFixture("converse/cache");
    const cacheDetails = [{ inputTokens: 3000, ttl: "5m" }];
    const usage = { ...(answer.usage as object), cacheDetails };
    const end = completedOf(converse.decode({ ...answer, usage }, asked, undefined));
    assert.equal(end.usage?.cacheWriteInputTokens, 3000);
    assert.equal(end.usage?.cacheWrite1hInputTokens, 0);
  });
});
