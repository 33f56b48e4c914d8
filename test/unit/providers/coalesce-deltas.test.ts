import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import {
  type Delta,
  DeltaSchema,
  HopSchema,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { CompletionEvent } from "../../../server/core/reply.ts";
import { coalesceDeltas } from "../../../server/providers/coalesce-deltas.ts";

type PieceInit = { case: "text"; value: string } | ToolInit | ReasoningInit;
type ToolInit = { case: "toolUse"; value: { id: string; name: string; inputJson: string } };
type ReasoningInit = {
  case: "reasoning";
  value: { text: string; signature: string; redactedContent: Uint8Array };
};

function delta(blockIndex: number, piece: PieceInit): CompletionEvent {
  return { case: "delta", value: create(DeltaSchema, { blockIndex, piece }) };
}

const text = (blockIndex: number, value: string) => delta(blockIndex, { case: "text", value });
const tool = (blockIndex: number, inputJson: string, id = "", name = "") =>
  delta(blockIndex, { case: "toolUse", value: { id, name, inputJson } });
const reasoning = (blockIndex: number, words: string, signature = "", redacted = "") =>
  delta(blockIndex, {
    case: "reasoning",
    value: { text: words, signature, redactedContent: new TextEncoder().encode(redacted) },
  });
const hop: CompletionEvent = { case: "hop", value: create(HopSchema, { region: "us-east-1" }) };

/** Half of the time nothing: what is rare in life is common here. */
const sometimes = fc.oneof(fc.constant(""), fc.string({ maxLength: 3 }));
const block = fc.integer({ min: 0, max: 2 });
const anyEvent = fc.oneof(
  fc.tuple(block, fc.string()).map((of) => text(...of)),
  fc.tuple(block, fc.string(), sometimes, sometimes).map((of) => tool(...of)),
  fc.tuple(block, fc.string(), sometimes, sometimes).map((of) => reasoning(...of)),
  fc.constant(hop),
);

/** What a reader that puts pieces together gets to know, letter by letter, in order. */
function letters(events: readonly CompletionEvent[]): unknown[] {
  return events.flatMap((event) => (event.case === "delta" ? lettersOf(event.value) : [event]));
}

function lettersOf({ blockIndex, piece }: Delta): unknown[] {
  const each = (kind: string, word: string) =>
    [...word].map((letter) => [blockIndex, kind, letter]);
  if (piece.case === "text") return each("text", piece.value);
  if (piece.case === "toolUse") {
    const { id, name, inputJson } = piece.value;
    return [...(id || name ? [[blockIndex, "tool", id, name]] : []), ...each("json", inputJson)];
  }
  if (piece.case !== "reasoning") return [];
  const { signature, redactedContent } = piece.value;
  const sealed = [...each("signature", signature), ...redactedContent];
  return [...each("reasoning", piece.value.text), ...sealed];
}

describe("coalesceDeltas", () => {
  it("says the same in the same order, whatever came", () => {
    fc.assert(
      fc.property(fc.array(anyEvent), (events) => {
        assert.deepEqual(letters(coalesceDeltas(events)), letters(events));
      }),
    );
  });

  it("leaves no two neighbours of text in one block, and is done in one go", () => {
    fc.assert(
      fc.property(fc.array(anyEvent), (events) => {
        const joined = coalesceDeltas(events);
        for (const [index, event] of joined.entries()) {
          const next = joined[index + 1];
          if (event.case !== "delta" || next?.case !== "delta") continue;
          const areTexts = [event, next].every(({ value }) => value.piece.case === "text");
          assert.ok(!areTexts || event.value.blockIndex !== next.value.blockIndex);
        }
        assert.deepEqual(coalesceDeltas(joined), joined);
      }),
    );
  });

  it("changes none of the events that it was given", () => {
    fc.assert(
      fc.property(fc.array(anyEvent), (events) => {
        const before = structuredClone(events);
        coalesceDeltas(events);
        assert.deepEqual(events, before);
      }),
    );
  });

  for (const [about, events, expected] of [
    ["text of one block", [text(0, "a"), text(0, "b"), text(0, "c")], [text(0, "abc")]],
    ["text of two blocks", [text(0, "a"), text(1, "b")], [text(0, "a"), text(1, "b")]],
    [
      "text around something else",
      [text(0, "a"), hop, text(0, "b")],
      [text(0, "a"), hop, text(0, "b")],
    ],
    [
      "a tool's arguments, with the name in front",
      [tool(1, "", "id", "name"), tool(1, '{"a":'), tool(1, "1}")],
      [tool(1, '{"a":1}', "id", "name")],
    ],
    [
      "two uses of tools",
      [tool(1, "{}", "x", "a"), tool(1, "{}", "y", "b")],
      [tool(1, "{}", "x", "a"), tool(1, "{}", "y", "b")],
    ],
    ["reasoning", [reasoning(0, "a"), reasoning(0, "b")], [reasoning(0, "ab")]],
    [
      "a signature",
      [reasoning(0, "a"), reasoning(0, "", "s")],
      [reasoning(0, "a"), reasoning(0, "", "s")],
    ],
    ["text and reasoning", [reasoning(0, "a"), text(0, "b")], [reasoning(0, "a"), text(0, "b")]],
  ] satisfies [string, CompletionEvent[], CompletionEvent[]][]) {
    it(`of ${about}`, () => assert.deepEqual(coalesceDeltas(events), expected));
  }
});
