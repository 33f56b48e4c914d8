import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { createCallers } from "./callers.ts";
import { type DoorCaller, readStream } from "./door-caller.ts";
import { bedrockTransports, startTestGateway, type TestGateway } from "./gateway.ts";

/** Random cases per door and delivery; the long run takes more. */
const runs = process.env.AXONFLOW_TEST_LENGTH === "long" ? 1000 : 25;

for (const transport of bedrockTransports) {
  describe(`over the ${transport} transport, the three doors give the same answer, whole or streamed`, () =>
    sameAnswerClaims(transport));
}

function sameAnswerClaims(transport: string): void {
  let gateway: TestGateway;
  let callers: readonly DoorCaller[];
  before(async () => {
    gateway = await startTestGateway({ LLM_BEDROCK_TRANSPORT: transport });
    callers = createCallers(gateway);
  });
  after(() => gateway.close());

  const expected = {
    text: "The capital of France is Paris.",
    finishReason: "stop",
    inputTokens: 8,
    outputTokens: 6,
    model: "anthropic.claude-3-5-sonnet-20240620-v1:0",
    provider: "bedrock",
    region: "us-east-1",
    costNanoUsd: 8 * 3000 + 6 * 15_000,
    hops: 1,
    replayOf: "",
  };

  it("to the guide's question", async () => {
    for (const caller of callers) {
      const question = { prompt: "What is the capital of France?" };
      const { requestId, ...whole } = await caller.complete(question);
      const { requestId: streamedId, ...streamed } = await readStream(caller.stream(question));
      assert.deepEqual(whole, expected, `${caller.name}, whole`);
      assert.deepEqual(streamed, expected, `${caller.name}, streamed`);
      assert.match(requestId, /^[0-9a-f-]{36}$/);
      assert.notEqual(requestId, streamedId);
    }
  });

  it("when the length limit or a stop sequence cuts it", async () => {
    for (const caller of callers) {
      for (const [question, reason] of [
        [{ prompt: "Write 50 words.", maxTokens: 5 }, "length"],
        [{ prompt: "Repeat: one two three four", stopSequences: ["three"] }, "stop_sequence"],
      ] as const) {
        const { requestId: _, ...whole } = await caller.complete(question);
        const { requestId: __, ...streamed } = await readStream(caller.stream(question));
        assert.equal(whole.finishReason, reason, caller.name);
        assert.deepEqual(streamed, whole, caller.name);
      }
    }
  });

  it("to random texts with emoji and combining characters, over randomly split frames", async () => {
    const text = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 200 })
      .map((value) => value.trim())
      .filter((value) => value !== "");
    await fc.assert(
      fc.asyncProperty(text, fc.nat(), async (value, seed) => {
        gateway.emulator.setFaults([
          { operation: "stream", action: { kind: "split-frames", seed } },
        ]);
        const question = { prompt: `Repeat: ${value}`, maxTokens: 4096 };
        const answers = await Promise.all(
          callers.flatMap((caller) => [
            caller.complete(question),
            readStream(caller.stream(question)),
          ]),
        );
        for (const answer of answers) {
          assert.equal(answer.text, value);
          assert.equal(answer.outputTokens, answers[0]?.outputTokens);
        }
      }),
      { numRuns: runs },
    );
    gateway.emulator.clearFaults();
  });
}
