import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { FinishReason } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { sampleAttempt, sampleEndpoint, sampleRequest } from "../../fakes/calls.ts";
import type { CodecCase } from "../codec-suite.ts";
import { completedOf, piecesOf, readStream, textOf } from "./reading.ts";
import { choppedText } from "./speech.ts";

/** Few characters, so that sequences come up, overlap and nearly come up. */
const fewCharacters = fc.constantFrom("a", "b", "🙂", "🙃", " ");
const text = fc.string({ unit: fewCharacters, maxLength: 30 });
const sequence = fc.string({ unit: fewCharacters, minLength: 1, maxLength: 5 });
const sequences = fc.array(
  sequence.filter((value) => value.trim() !== ""),
  { minLength: 1, maxLength: 4 },
);

/** Where the gateway looks for stop sequences itself: the text before the first that is whole, however it arrives. */
export function stopSequences({ codec, model, speaker, stopWord, cutsItself }: CodecCase): void {
  if (!cutsItself) return;
  const askedWith = (...stops: readonly string[]) =>
    sampleAttempt({
      endpoint: sampleEndpoint({ family: codec.family, model }),
      request: sampleRequest({ stopSequences: [...stops] }),
    });

  describe("a stop sequence that the gateway finds", () => {
    it("ends the stream at once, before the model has ended, and is no part of the answer", () => {
      const asked = askedWith("STOP");
      const decoder = codec.decodeStream(asked);
      const chunks = speaker.stream({
        pieces: ["One S", "TO", "P two", " three"],
        reason: stopWord,
      });
      const events = chunks.flatMap((chunk) => decoder.push(chunk));
      assert.deepEqual(piecesOf(events).join(""), "One ");
      const { finishReason, stopSequence, usage } = completedOf(events);
      assert.deepEqual([finishReason, stopSequence], [FinishReason.STOP_SEQUENCE, "STOP"]);
      assert.ok(usage);
      assert.equal(decoder.isCutShort, true);
      assert.deepEqual(decoder.end?.() ?? [], []);
    });

    it("that only begins holds nothing back at the end", () => {
      const said = { pieces: ["One S", "TO"], reason: stopWord };
      const asked = askedWith("STOP");
      const events = readStream(codec, asked, speaker.stream(said));
      assert.equal(textOf(events), "One STO");
      assert.equal(completedOf(events).finishReason, FinishReason.STOP);
    });

    it("cuts any text in the same place, whole and streamed, however it is chopped", () => {
      fc.assert(
        fc.property(choppedText(text), sequences, ([value, said], stops) => {
          const asked = askedWith(...stops);
          const expected = cut(value, stops);
          const whole = speaker.whole({ pieces: [value], reason: stopWord });
          const stream = speaker.stream({ pieces: said, reason: stopWord });
          for (const events of [
            codec.decode(whole, asked, undefined),
            readStream(codec, asked, stream),
          ]) {
            const { finishReason, stopSequence } = completedOf(events);
            const meaning = expected.stop ? FinishReason.STOP_SEQUENCE : FinishReason.STOP;
            assert.equal(textOf(events), expected.text);
            assert.deepEqual([finishReason, stopSequence], [meaning, expected.stop]);
          }
        }),
      );
    });
  });
}

/** The plainest way to say it: look after every character whether a sequence ends here; the longest one counts. */
export function cut(value: string, stops: readonly string[]): { text: string; stop: string } {
  for (let end = 1; end <= value.length; end++) {
    const ending = stops.filter((stop) => value.slice(0, end).endsWith(stop));
    const stop = ending.toSorted((a, b) => b.length - a.length)[0];
    if (stop !== undefined) return { text: value.slice(0, end - stop.length), stop };
  }
  return { text: value, stop: "" };
}
