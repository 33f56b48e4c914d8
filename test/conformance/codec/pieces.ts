import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { sampleAttempt, sampleEndpoint } from "../../fakes/calls.ts";
import type { CodecCase } from "../codec-suite.ts";
import { assertSendable, completedOf, piecesOf, readStream, textOf } from "./reading.ts";
import { chop, choppedText, oddText } from "./speech.ts";

/** The pieces of a stream: together they are the text, and none of them has half a code point. */
export function pieces({ codec, model, speaker, stopWord }: CodecCase): void {
  const asked = sampleAttempt({ endpoint: sampleEndpoint({ family: codec.family, model }) });
  const counts = { inputTokens: 8, outputTokens: 6 };
  const speech = (said: readonly string[]) => ({ pieces: said, reason: stopWord, counts });
  const streamed = (said: readonly string[]) => {
    const events = readStream(codec, asked, speaker.stream(speech(said)));
    completedOf(events);
    assertSendable(events);
    return events;
  };
  const assertWhole = (text: string, said: readonly string[], about: string) => {
    const written = piecesOf(streamed(said));
    assert.equal(written.join(""), text, about);
    assert.ok(
      written.every((piece) => piece.isWellFormed()),
      `half a code point, ${about}`,
    );
  };

  describe("the pieces of its stream", () => {
    it("come as they are written, not at the end", () => {
      const decoder = codec.decodeStream(asked);
      const chunks = speaker.stream(speech(["One river, ", "two stones, ", "three lanterns."]));
      const seen = chunks.map((chunk) => textOf(decoder.push(chunk)));
      assert.ok(seen.filter((text) => text !== "").length >= 3, JSON.stringify(seen));
    });
    it("are the text wherever it is cut in two", () => {
      for (let at = 0; at <= oddText.length; at++) {
        assertWhole(oddText, chop(oddText, [at]), `cut at ${at}`);
      }
    });
    it("are the text when every unit comes alone", () => {
      assertWhole(oddText, oddText.split(""), "unit by unit");
    });
    it("are the text for any text and any cuts, the same as in the whole answer", () => {
      fc.assert(
        fc.property(choppedText(fc.string({ unit: "grapheme", maxLength: 50 })), ([text, said]) => {
          assertWhole(text, said, JSON.stringify(said));
          const whole = codec.decode(speaker.whole(speech([text])), asked, undefined);
          assertSendable(whole);
          completedOf(whole);
          assert.equal(textOf(whole), text);
        }),
      );
    });
    it("keep white space, but for what the family puts before an answer", () => {
      for (const text of ["  two spaces", "\n\nlines\n\n", "tab\t", " ", "\n"]) {
        assertWhole(text, text.split(""), JSON.stringify(text));
        const whole = codec.decode(speaker.whole(speech([text])), asked, undefined);
        assert.equal(textOf(whole), text, JSON.stringify(text));
      }
    });
  });
}
