import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import type { TransportCase } from "../bedrock-transport-suite.ts";
import { apis, openStage, question, readAll, type Stage, staying, textOf } from "./stage.ts";

const answer = "The capital of France is Paris.";

/** What comes back when nothing goes wrong. */
export function answers(subject: TransportCase): void {
  describe("gives", () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage(subject);
    });
    after(() => stage.close());

    const whole = (api: (typeof apis)[number], prompt?: string) =>
      stage.transport.whole(question(api, prompt), staying);
    const stream = (api: (typeof apis)[number], prompt?: string) =>
      readAll(stage.transport.stream(question(api, prompt), staying));
    const lastId = () => stage.emulator.journal.entries.at(-1)?.requestId;

    it("a whole answer of InvokeModel, with the counts in its headers and its id", async () => {
      const { body, headers, requestId } = await whole("invoke");
      assert.equal((body as { content: { text: string }[] }).content[0]?.text, answer);
      assert.equal(headers["x-amzn-bedrock-input-token-count"], "8");
      assert.equal(headers["x-amzn-bedrock-output-token-count"], "6");
      assert.equal(requestId, lastId());
    });

    it("a whole answer of Converse", async () => {
      const { body, requestId } = await whole("converse");
      const { output, stopReason, usage } = body as {
        output: { message: { content: unknown } };
        stopReason: string;
        usage: { inputTokens: number; outputTokens: number };
      };
      assert.deepEqual(output.message.content, [{ text: answer }]);
      assert.equal(stopReason, "end_turn");
      assert.deepEqual([usage.inputTokens, usage.outputTokens], [8, 6]);
      assert.equal(requestId, lastId());
    });

    for (const api of apis) {
      it(`a stream of ${api}, every event in order and no batch empty`, async () => {
        const { batches, events, failure, requestId } = await stream(api, "Write 40 words.");
        assert.equal(failure, undefined);
        assert.equal(textOf(events).split(" ").length, 40);
        assert.ok(batches.every((batch) => batch.length > 0));
        assert.equal(requestId, lastId());
      });
    }

    it("the events of InvokeModel as the model wrote them, the last with the service's metrics", async () => {
      const { events } = await stream("invoke");
      assert.equal((events[0] as { type: string }).type, "message_start");
      const last = events.at(-1) as Record<string, { inputTokenCount: number }>;
      assert.equal(last["amazon-bedrock-invocationMetrics"]?.inputTokenCount, 8);
    });

    it("the events of Converse by their names", async () => {
      const { events } = await stream("converse");
      const names = events.map((event) => Object.keys(event as object)[0]);
      assert.equal(names[0], "messageStart");
      assert.deepEqual(names.slice(-2), ["messageStop", "metadata"]);
    });

    it("the same words whole and streamed over randomly cut frames, whatever they are", async () => {
      const words = fc
        .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
        .map((text) => text.trim())
        .filter((text) => text !== "");
      await fc.assert(
        fc.asyncProperty(words, fc.nat(), fc.constantFrom(...apis), async (text, seed, api) => {
          stage.emulator.setFaults([{ action: { kind: "split-frames", seed } }]);
          const { events, failure } = await stream(api, `Repeat: ${text}`);
          assert.equal(failure, undefined);
          assert.equal(textOf(events), text);
        }),
        { numRuns: 25 },
      );
      stage.emulator.clearFaults();
    });

    it("large answers", async () => {
      const { events } = await stream("invoke", "Write 20000 words.");
      assert.equal(textOf(events).split(" ").length, 1000);
      const { body } = await whole("converse", "Write 900 words.");
      assert.ok(JSON.stringify(body).length > 3000);
    });

    if (subject.batches) {
      it("what came in one read in one batch", async () => {
        const { batches, events } = await stream("invoke", "Write 900 words.");
        assert.ok(batches.length < events.length, `${batches.length} for ${events.length}`);
      });
    }
  });
}
