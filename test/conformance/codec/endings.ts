import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { FinishReason } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../../server/core/error.ts";
import { sampleAttempt, sampleEndpoint } from "../../fakes/calls.ts";
import { refusalOf } from "../../fakes/outcomes.ts";
import type { CodecCase } from "../codec-suite.ts";
import { completedOf, readStream } from "./reading.ts";

/** Words that no model ends with; the last ones are members of every JavaScript object. */
const unknownWords = ["a_word_of_tomorrow", "constructor", "__proto__"];

const names = new Map<FinishReason, string>(
  Object.entries(FinishReason).map(([name, reason]) => [reason, name]),
);

/** How answers end: the model's word stays beside what it means, and an answer without an end is none. */
export function endings({ codec, model, speaker, finishReasons }: CodecCase): void {
  const asked = sampleAttempt({ endpoint: sampleEndpoint({ family: codec.family, model }) });
  const said = {
    pieces: ["The capital", " is Paris."],
    counts: { inputTokens: 8, outputTokens: 6 },
  };
  const table = [
    ...finishReasons,
    ...unknownWords.map((word) => [word, FinishReason.OTHER] as const),
  ];

  describe("its end", () => {
    for (const [reason, meaning] of table) {
      it(`by the word ${reason} is ${names.get(meaning)}`, () => {
        const whole = codec.decode(speaker.whole({ ...said, reason }), asked, undefined);
        const stream = readStream(codec, asked, speaker.stream({ ...said, reason }));
        for (const { finishReason, providerFinishReason } of [whole, stream].map(completedOf)) {
          assert.deepEqual([finishReason, providerFinishReason], [meaning, reason]);
        }
      });
    }

    it("is never missing in a whole answer: without one it is DATA_LOSS", async () => {
      const error = await refusalOf(() => codec.decode(speaker.whole(said), asked, undefined));
      assert.equal(error.code, Code.DataLoss);
      assert.equal(error.reason, ErrorReason.PROVIDER_MALFORMED_RESPONSE);
      assert.equal(error.retry, "other-endpoint");
    });

    it("is never made up for a stream that has none", () => {
      const events = streamOrLoss(() => readStream(codec, asked, speaker.stream(said)));
      assert.ok(events.every((event) => event.case !== "completed"));
    });

    it("is never made up for a stream that stops early, wherever it stops", () => {
      const chunks = speaker.stream({ ...said, reason: finishReasons[0]?.[0] });
      const wholeAt = chunks.findIndex((_, at) => isWhole(chunks.slice(0, at + 1)));
      assert.notEqual(wholeAt, -1, "never whole");
      assert.ok(wholeAt >= said.pieces.length - 1, `whole after ${wholeAt + 1} chunks`);
      for (let length = 0; length <= wholeAt; length++) {
        assert.equal(isWhole(chunks.slice(0, length)), false, `whole after ${length} chunks`);
      }
    });
  });

  function isWhole(chunks: readonly unknown[]): boolean {
    const events = streamOrLoss(() => readStream(codec, asked, chunks));
    return events.at(-1)?.case === "completed";
  }
}

/** The events, or none where the stream is DATA_LOSS. */
function streamOrLoss<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof GatewayError && error.code === Code.DataLoss, String(error));
    return [];
  }
}
