import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import fc from "fast-check";
import {
  CompletedSchema,
  DeltaSchema,
  FinishReason,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { draftAnswer } from "../../../server/edge/answer.ts";
import { refusalOf } from "../../fakes/outcomes.ts";

type Piece = MessageInitShape<typeof DeltaSchema>;

const text = (value: string, blockIndex = 0): Piece => ({
  blockIndex,
  piece: { case: "text", value },
});
const tool = (
  value: { id?: string; name?: string; inputJson?: string },
  blockIndex = 0,
): Piece => ({
  blockIndex,
  piece: { case: "toolUse", value },
});

function answer(...pieces: readonly Piece[]) {
  return answerThatEnds(FinishReason.STOP, ...pieces);
}

function answerThatEnds(finishReason: FinishReason, ...pieces: readonly Piece[]) {
  const draft = draftAnswer();
  for (const piece of pieces) draft.add(create(DeltaSchema, piece));
  return draft.finish(create(CompletedSchema, { finishReason, requestId: "7", latencyMs: 5n }));
}

const blocksOf = (...pieces: readonly Piece[]) =>
  answer(...pieces).blocks.map(({ block }) => block.case);

describe("draftAnswer", () => {
  it("puts pieces of text together, and carries everything else over", () => {
    const { content, blocks, finishReason, requestId, latencyMs } = answer(
      text("Par"),
      text("is."),
    );
    assert.equal(content, "Paris.");
    assert.equal(blocks.length, 1);
    assert.deepEqual([finishReason, requestId, latencyMs], [FinishReason.STOP, "7", 5n]);
  });

  it("of nothing is an empty text without blocks", () => {
    const { content, blocks, $typeName } = answer();
    assert.deepEqual([content, blocks], ["", []]);
    assert.equal($typeName, "axonflow.gateway.v1.CompleteResponse");
  });

  it("keeps blocks in the order of their index, however their pieces come", () => {
    const { content } = answer(text("b", 1), text("a", 0), text("b", 1));
    assert.equal(content, "abb");
  });

  it("puts a tool use together from its pieces", () => {
    const { blocks, content } = answer(
      tool({ id: "toolu_1", name: "weather" }),
      tool({ inputJson: '{"city":' }),
      tool({ inputJson: '"Paris"}' }),
    );
    assert.equal(content, "");
    const block = blocks[0]?.block;
    assert.ok(block?.case === "toolUse");
    assert.equal(block.value.id, "toolu_1");
    assert.equal(block.value.name, "weather");
    assert.deepEqual(block.value.input, { city: "Paris" });
  });

  it("gives a tool that was asked for without arguments an empty object", () => {
    const block = answer(tool({ id: "toolu_1", name: "now" })).blocks[0]?.block;
    assert.ok(block?.case === "toolUse");
    assert.deepEqual(block.value.input, {});
  });

  for (const inputJson of ['{"city', "[1]", "null", '"Paris"']) {
    it(`is DATA_LOSS when a tool's arguments are ${inputJson}`, async () => {
      const error = await refusalOf(() => answer(tool({ name: "weather", inputJson })));
      assert.equal(error.code, Code.DataLoss);
      assert.doesNotMatch(error.message, /city|Paris/);
    });
  }

  it("leaves arguments unset that were cut with the answer, which says so", () => {
    const pieces = [text("Let me look."), tool({ name: "weather", inputJson: '{"city' }, 1)];
    const { blocks, finishReason } = answerThatEnds(FinishReason.LENGTH, ...pieces);
    const block = blocks[1]?.block;
    assert.ok(block?.case === "toolUse");
    assert.deepEqual([block.value.name, block.value.input], ["weather", undefined]);
    assert.equal(finishReason, FinishReason.LENGTH);
  });

  it("puts reasoning together and keeps it out of the text", () => {
    const reasoning = (value: {
      text?: string;
      signature?: string;
      redactedContent?: Uint8Array;
    }) => ({ blockIndex: 0, piece: { case: "reasoning", value } }) as const;
    const { blocks, content } = answer(
      reasoning({ text: "Let me " }),
      reasoning({ text: "think." }),
      reasoning({ redactedContent: Uint8Array.of(1, 2) }),
      reasoning({ redactedContent: Uint8Array.of(3) }),
      reasoning({ signature: "c2ln" }),
      text("Paris.", 1),
    );
    assert.equal(content, "Paris.");
    const block = blocks[0]?.block;
    assert.ok(block?.case === "reasoning");
    assert.equal(block.value.text, "Let me think.");
    assert.equal(block.value.signature, "c2ln");
    assert.deepEqual([...block.value.redactedContent], [1, 2, 3]);
  });

  it("keeps kinds of blocks apart", () => {
    const kinds = blocksOf(text("a", 0), tool({ name: "b" }, 1), text("c", 2));
    assert.deepEqual(kinds, ["text", "toolUse", "text"]);
  });

  it("equals the whole text however it was cut", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (pieces) => {
        assert.equal(answer(...pieces.map((piece) => text(piece))).content, pieces.join(""));
      }),
    );
  });
});
