import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UsageSource } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { CompletionEvent } from "../../../server/core/reply.ts";
import type { TokenCounts } from "../../../server/providers/codec-parts/stream-decoder.ts";
import { sampleAttempt, sampleEndpoint } from "../../fakes/calls.ts";
import type { CodecCase } from "../codec-suite.ts";
import { completedOf, readStream } from "./reading.ts";

const byModel = { inputTokens: 25, outputTokens: 34 };
const byService = { inputTokens: 26, outputTokens: 35 };

/** Who counted the tokens of an answer, and that somebody always did. */
export function countedTokens({ codec, model, speaker, stopWord, counts }: CodecCase): void {
  const asked = sampleAttempt({ endpoint: sampleEndpoint({ family: codec.family, model }) });
  const said = { pieces: ["The capital", " is ", "Paris."], reason: stopWord };
  const whole = (modelCounts?: TokenCounts, headerCounts?: TokenCounts) =>
    codec.decode(speaker.whole({ ...said, counts: modelCounts }), asked, headerCounts);
  const stream = (modelCounts?: TokenCounts, metrics?: TokenCounts) =>
    readStream(codec, asked, speaker.stream({ ...said, counts: modelCounts, metrics }));
  const assertUsage = (events: readonly CompletionEvent[], expected: TokenCounts) => {
    const { usage } = completedOf(events);
    assert.deepEqual([usage?.inputTokens, usage?.outputTokens], Object.values(expected));
    assert.equal(usage?.source, UsageSource.REPORTED);
  };

  describe("its usage", () => {
    if (counts.byModel) {
      it("is what the model counts", () => {
        assertUsage(whole(byModel), byModel);
        assertUsage(stream(byModel), byModel);
      });
      it("is what the model counts, even where the service counts otherwise", () => {
        assertUsage(whole(byModel, byService), byModel);
        assertUsage(stream(byModel, byService), byModel);
      });
    }
    if (counts.byService) {
      it("is what the service counts where the model does not", () => {
        assertUsage(whole(undefined, byService), byService);
        assertUsage(stream(undefined, byService), byService);
      });
    }
    it("is estimated, and says so, where nobody counts", () => {
      for (const { usage } of [whole(), stream()].map(completedOf)) {
        assert.equal(usage?.source, UsageSource.ESTIMATED);
        assert.ok((usage?.inputTokens ?? 0) > 0 && (usage?.outputTokens ?? 0) > 0);
      }
    });
    it("is known at every moment of a stream, and never shrinks", () => {
      const pieces = Array.from(
        { length: 20 },
        () => "a piece of forty characters, as near as can",
      );
      const decoder = codec.decodeStream(asked);
      const outputs = [decoder.usageSoFar().outputTokens];
      for (const chunk of speaker.stream({ ...said, pieces })) {
        decoder.push(chunk);
        const { inputTokens, outputTokens, source } = decoder.usageSoFar();
        assert.ok(inputTokens > 0);
        assert.notEqual(source, UsageSource.UNSPECIFIED);
        outputs.push(outputTokens);
      }
      assert.deepEqual(
        outputs,
        outputs.toSorted((a, b) => a - b),
      );
      assert.ok((outputs[10] ?? 0) > 1, "half of a long answer is more than a token");
    });
  });
}
