import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { FinishReason } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { CompletionEvent } from "../../../server/core/reply.ts";
import { sampleAttempt, sampleEndpoint, sampleRequest } from "../../fakes/calls.ts";
import type { CodecCase } from "../codec-suite.ts";
import { assertSendable, completedOf, piecesOf, readStream, textOf } from "./reading.ts";
import { chop, oddText } from "./speech.ts";
import { cut } from "./stop-sequences.ts";

/** White space of every kind at every place where a text may be cut. */
const texts = [
  oddText,
  "  two  spaces\r\n\r\nlines \t\n 🙂\u00a0\u2003x \n",
  "Ends in nothing but space \n\n  ",
];

const anyText = fc.string({
  unit: fc.constantFrom("a", "B", " ", "\n", "\r", "🙂", "é"),
  maxLength: 24,
});
const anyCuts = fc.array(fc.nat(24), { maxLength: 4 });

/** Going on with a text: what a model brings then, behind the text, is the text that it would have written at once. */
export function continuing(subject: CodecCase): void {
  const { codec, model, speaker, stopWord, maxTokens, continued } = subject;
  const endpoint = sampleEndpoint({ family: codec.family, model });

  describe("the rest of an answer", () => {
    it("is asked for where the family says that it can be", () => {
      assert.equal(codec.continuation !== undefined, continued !== undefined);
    });
    if (!continued) return;

    const asking = (text: string, stopSequences: readonly string[] = []) => {
      const request = sampleRequest({ stopSequences: [...stopSequences] });
      const going = { text, outputTokens: 7, attempts: 1 };
      const begun = continued.in(JSON.parse(codec.encode(request, endpoint, going)));
      return { begun, asked: sampleAttempt({ endpoint, request, continued: going }) };
    };
    /** What a model that writes `text` brings, whole and streamed, when it is to go on behind the first `at` units. */
    const rests = (
      text: string,
      at: number,
      cuts: readonly number[],
      stops?: readonly string[],
    ) => {
      const { asked, begun } = asking(text.slice(0, at), stops);
      assert.ok(text.startsWith(begun), `${JSON.stringify(begun)} is not what was written`);
      const written = text.slice(begun.length);
      const said = { isRest: true, reason: stopWord };
      const whole = speaker.whole({ ...said, pieces: [written] });
      const stream = speaker.stream({ ...said, pieces: chop(written, cuts) });
      return [codec.decode(whole, asked, undefined), readStream(codec, asked, stream)];
    };
    const assertJoins = (text: string, at: number, cuts: readonly number[]) => {
      for (const events of rests(text, at, cuts)) {
        assert.equal(text.slice(0, at) + textOf(events), text, `behind ${at}`);
        assert.ok(piecesOf(events).every((piece) => piece.isWellFormed()));
        assertSendable(events);
        completedOf(events);
      }
    };
    const placesIn = (text: string) =>
      Array.from(text.split(""), (_, index) => index + 1).filter((at) =>
        text.slice(0, at).isWellFormed(),
      );

    it("repeats and loses nothing, wherever the text was cut and however the rest comes", () => {
      for (const text of texts) {
        for (const at of placesIn(text)) {
          assertJoins(text, at, []);
          assertJoins(
            text,
            at,
            text.split("").map((_, index) => index),
          );
        }
      }
    });
    it("joins any text", () => {
      fc.assert(
        fc.property(anyText, anyCuts, (text, cuts) => {
          for (const at of placesIn(text)) assertJoins(text, at, cuts);
        }),
      );
    });

    it("has as many tokens as are left, and one at least", () => {
      const tokens = (wish: number | undefined, outputTokens: number) => {
        const request = sampleRequest(wish === undefined ? {} : { maxTokens: wish });
        const going = { text: "One", outputTokens, attempts: 1 };
        return maxTokens.in(JSON.parse(codec.encode(request, endpoint, going)));
      };
      assert.equal(tokens(100, 30), 70);
      assert.equal(tokens(undefined, 30), maxTokens.usual - 30);
      assert.deepEqual([tokens(100, 100), tokens(100, 5000)], [1, 1]);
    });

    it("counts the text as read where nobody counts", () => {
      const text = "One river, ".repeat(100);
      const inputOf = (events: readonly CompletionEvent[]) =>
        completedOf(events).usage?.inputTokens ?? 0;
      const fresh = codec.decode(
        speaker.whole({ pieces: ["stones"], reason: stopWord }),
        sampleAttempt({ endpoint }),
        undefined,
      );
      for (const events of rests(`${text}stones`, text.length, [])) {
        assert.ok(inputOf(events) >= inputOf(fresh) + 100);
      }
    });

    it("ends where a stop sequence becomes whole that began in the text", () => {
      const { asked } = asking("One ST", ["never", "STOP"]);
      const said = { isRest: true, reason: stopWord };
      const decoder = codec.decodeStream(asked);
      const chunks = speaker.stream({ ...said, pieces: ["O", "P two", " three"] });
      const streamed = chunks.flatMap((chunk) => decoder.push(chunk));
      const whole = codec.decode(speaker.whole({ ...said, pieces: ["OP two"] }), asked, undefined);
      for (const events of [streamed, whole]) {
        assert.equal(textOf(events), "");
        const { finishReason, stopSequence } = completedOf(events);
        assert.deepEqual([finishReason, stopSequence], [FinishReason.STOP_SEQUENCE, "STOP"]);
      }
      assert.equal(decoder.isCutShort, true, "the model still writes");
    });

    it("keeps what only begins to be a stop sequence", () => {
      for (const [text, at] of [
        ["One ST and two", 6],
        ["One STO", 5],
        ["One STO", 7],
      ] as const) {
        for (const events of rests(text, at, [1], ["STOP"])) {
          assert.equal(text.slice(0, at) + textOf(events), text);
          assert.equal(completedOf(events).stopSequence, "");
        }
      }
    });

    it("ends where the whole answer would have ended, by any stop sequence", () => {
      const few = fc.constantFrom("a", "b", " ", "🙂");
      const stop = fc.string({ unit: few, minLength: 1, maxLength: 4 });
      const stops = fc.array(
        stop.filter((value) => value.trim() !== ""),
        { minLength: 1, maxLength: 3 },
      );
      fc.assert(
        fc.property(fc.string({ unit: few, maxLength: 16 }), stops, anyCuts, (text, by, cuts) => {
          const uncut = cut(text, by);
          for (const at of placesIn(uncut.text)) {
            for (const events of rests(text, at, cuts, by)) {
              assert.equal(text.slice(0, at) + textOf(events), uncut.text);
              assert.equal(completedOf(events).stopSequence, uncut.stop);
            }
          }
        }),
      );
    });
  });
}
