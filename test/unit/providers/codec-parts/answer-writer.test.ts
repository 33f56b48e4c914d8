import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { FinishReason } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { CompletionEvent } from "../../../../server/core/reply.ts";
import {
  type AnswerWriter,
  createAnswerWriter,
} from "../../../../server/providers/codec-parts/answer-writer.ts";
import { completed } from "../../../../server/providers/codec-parts/events.ts";
import { answerOf, assertSendable, textOf } from "../../../conformance/codec/reading.ts";
import { chop, choppedText } from "../../../conformance/codec/speech.ts";
import { sampleUsage, wordOf } from "../../../fakes/completion-events.ts";
import { refusalOf } from "../../../fakes/outcomes.ts";

const written = (write: (writer: AnswerWriter) => CompletionEvent[], answerTool?: string) => {
  const writer = createAnswerWriter(answerTool);
  const events = [...write(writer), ...writer.finish()];
  assertSendable(events);
  return { events, writer };
};

/** The blocks that a caller of `Complete` would get. */
const blocksOf = (events: readonly CompletionEvent[]) => {
  const end = completed({ finishReason: FinishReason.STOP, word: "end", usage: sampleUsage() });
  const answer = answerOf([...events, end]) as { blocks?: unknown[] };
  return answer.blocks ?? [];
};

const argumentsOf = (events: readonly CompletionEvent[]) =>
  events.flatMap((event) =>
    event.case === "delta" && event.value.piece.case === "toolUse"
      ? [event.value.piece.value.inputJson]
      : [],
  );

const choppedJson = fc
  .tuple(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()), fc.array(fc.nat(200)))
  .map(([value, cuts]) => [value, chop(JSON.stringify(value), cuts)] as const);

describe("the tool uses of an answer writer", () => {
  it("are the same JSON again wherever their arguments are cut, half a code point included", () => {
    fc.assert(
      fc.property(choppedJson, choppedJson, ([first, firstPieces], [second, secondPieces]) => {
        const { events } = written((writer) => [
          ...writer.toolUse(0, "a", "weather"),
          ...firstPieces.flatMap((piece) => writer.toolInput(0, piece)),
          ...writer.end(0),
          ...writer.toolUse(1, "b", "now"),
          ...secondPieces.flatMap((piece) => writer.toolInput(1, piece)),
        ]);
        for (const piece of argumentsOf(events)) assert.ok(piece.isWellFormed());
        const inputs = [0, 1].map((block) =>
          JSON.parse(
            argumentsOf(
              events.filter((event) => event.case === "delta" && event.value.blockIndex === block),
            ).join(""),
          ),
        );
        assert.deepEqual(inputs, [
          JSON.parse(JSON.stringify(first)),
          JSON.parse(JSON.stringify(second)),
        ]);
      }),
    );
  });

  for (const pieces of [[], [""], ["", ""]]) {
    it(`without arguments, in ${pieces.length} pieces, have an empty object for them`, () => {
      const { events } = written((writer) => [
        ...writer.toolUse(0, "a", "now"),
        ...pieces.flatMap((piece) => writer.toolInput(0, piece)),
        ...writer.end(0),
      ]);
      assert.deepEqual(argumentsOf(events), ["", "{}"]);
    });
  }

  it("without an end of their own end with the answer", () => {
    const { events } = written((writer) => writer.toolUse(0, "a", "now"));
    assert.deepEqual(argumentsOf(events), ["", "{}"]);
  });

  for (const [id, name] of [
    ["", "now"],
    ["a", ""],
    [undefined, "now"],
    ["a", undefined],
  ] as const) {
    it(`with the id ${id} and the name ${name} are DATA_LOSS`, async () => {
      const error = await refusalOf(() => createAnswerWriter(undefined).toolUse(0, id, name));
      assert.equal(error.retry, "other-endpoint");
    });
  }

  it("are what the end waits for", () => {
    const { writer } = written((writer) => writer.toolUse(0, "a", "now"));
    assert.equal(writer.meaningOf(FinishReason.TOOL_USE), FinishReason.TOOL_USE);
  });
});

describe("the reasoning of an answer writer", () => {
  it("is the same again wherever it is cut, and its signature comes with the last of it", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 50 });
    fc.assert(
      fc.property(choppedText(text), ([value, pieces]) => {
        const { events } = written((writer) => [
          ...pieces.flatMap((piece) => writer.reasoning(0, { text: piece })),
          ...writer.reasoning(0, { signature: "c2ln" }),
          ...writer.end(0),
        ]);
        const expected = { signature: "c2ln", ...(value && { text: value }) };
        assert.deepEqual(blocksOf(events), [{ reasoning: expected }]);
      }),
    );
  });

  it("loses nothing where the model itself signs half a code point", () => {
    const writer = createAnswerWriter(undefined);
    const events = [
      ...writer.reasoning(0, { text: "a\ud83d" }),
      ...writer.reasoning(0, { signature: "c2ln" }),
    ];
    const texts = events.map(({ value }) => {
      const piece = "piece" in value ? value.piece : undefined;
      return piece?.case === "reasoning" ? piece.value.text : "";
    });
    assert.equal(texts.join(""), "a\ud83d");
    assert.deepEqual(writer.finish(), []);
  });

  it("that is encrypted is bytes, unchanged", () => {
    const redactedContent = new Uint8Array([0, 1, 255]);
    const { events } = written((writer) => writer.reasoning(0, { redactedContent }));
    assert.deepEqual(blocksOf(events), [{ reasoning: { redactedContent: "AAH/" } }]);
  });

  it("that says nothing is no event", () => {
    assert.deepEqual(written((writer) => writer.reasoning(0, {})).events, []);
  });
});

describe("an answer through a tool", () => {
  const answer = (writer: AnswerWriter, ...pieces: readonly string[]) => [
    ...writer.toolUse(1, "a", "capital"),
    ...pieces.flatMap((piece) => writer.toolInput(1, piece)),
    ...writer.end(1),
  ];
  const read = (write: (writer: AnswerWriter) => CompletionEvent[]) => {
    const { events, writer } = written(write, "capital");
    return { text: textOf(events), end: writer.meaningOf(FinishReason.TOOL_USE), events, writer };
  };

  it("is the arguments as text, as they are written, and its end is the end", () => {
    const { events, end } = read((writer) => answer(writer, '{"a":', "1}"));
    assert.deepEqual(blocksOf(events), [{ text: { text: '{"a":1}' } }]);
    assert.equal(events.length, 2);
    assert.equal(end, FinishReason.STOP);
  });

  it("without arguments is an empty object", () => {
    assert.equal(read((writer) => answer(writer)).text, "{}");
  });

  it("does not hold the words beside it", () => {
    const { text } = read((writer) => [
      ...writer.text(0, "Let me see. "),
      ...writer.text(0, "Here:"),
      ...answer(writer, '{"a":1}'),
      ...writer.text(2, "Done."),
    ]);
    assert.equal(text, '{"a":1}');
  });

  it("is the text where the model does not use the tool", () => {
    const { text, end } = read((writer) => [
      ...writer.text(0, "I will not "),
      ...writer.text(0, "say."),
    ]);
    assert.equal(text, "I will not say.");
    assert.equal(end, FinishReason.TOOL_USE);
  });

  it("is not there yet where the model uses another tool: its words and the use leave", () => {
    const { text, end, events } = read((writer) => [
      ...writer.text(0, "Let me look."),
      ...writer.toolUse(1, "b", "weather"),
    ]);
    assert.equal(text, "Let me look.");
    assert.equal(end, FinishReason.TOOL_USE);
    assert.deepEqual(events.map(wordOf), ["Let me look.", "toolUse", "toolUse"]);
  });

  it("beside a use of another tool still waits for that tool", () => {
    const { end } = read((writer) => [
      ...writer.toolUse(0, "b", "weather"),
      ...answer(writer, '{"a":1}'),
    ]);
    assert.equal(end, FinishReason.TOOL_USE);
  });

  it("holds no more than a few words back: a long text is written as it comes", () => {
    const writer = createAnswerWriter("capital");
    const piece = "x".repeat(1000);
    const lengths = Array.from({ length: 6 }, () => textOf(writer.text(0, piece)).length);
    assert.deepEqual(lengths, [0, 0, 0, 0, 5000, 1000]);
    assert.equal(writer.bytes, 6000);
  });

  it("leaves other ends as they are", () => {
    const { writer } = read((writer) => answer(writer, '{"a":'));
    for (const reason of [FinishReason.LENGTH, FinishReason.STOP, FinishReason.REFUSAL]) {
      assert.equal(writer.meaningOf(reason), reason);
    }
  });
});

describe("the bytes of an answer writer", () => {
  it("count everything that the model wrote", () => {
    const { writer } = written((writer) => [
      ...writer.text(0, "ü"),
      ...writer.reasoning(1, { text: "🙂" }),
      ...writer.toolUse(2, "a", "now"),
      ...writer.toolInput(2, '{"a":1}'),
    ]);
    assert.equal(writer.bytes, 2 + 4 + 7);
  });
});
