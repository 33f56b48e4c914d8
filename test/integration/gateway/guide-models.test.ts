import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createContractCaller } from "./contract-caller.ts";
import { type Answer, type DoorCaller, type Question, readStream } from "./door-caller.ts";
import { startTestGateway, type TestGateway } from "./gateway.ts";

/** The setup guide's models and prices: $3.00 per million tokens, as it prints them, are 3,000 nano-USD per token. */
const guideModels = [
  ["anthropic.claude-3-5-sonnet-20240620-v1:0", 3000, 15000],
  ["anthropic.claude-3-haiku-20240307-v1:0", 250, 1250],
  ["anthropic.claude-3-opus-20240229-v1:0", 15000, 75000],
  ["meta.llama3-70b-instruct-v1:0", 990, 990],
  ["meta.llama3-8b-instruct-v1:0", 300, 300],
  ["amazon.titan-text-express-v1", 200, 200],
  ["mistral.mistral-large-2402-v1:0", 8000, 24000],
  ["mistral.mixtral-8x7b-instruct-v0:1", 450, 700],
] as const;

/** What is asked of every model, and what has to come back in both deliveries. */
interface Case {
  readonly name: string;
  readonly question: Question;
  readonly text: string;
  readonly finishReason: string;
  readonly outputTokens: number;
}

const cases: readonly Case[] = [
  {
    name: "the guide's question",
    question: { prompt: "What is the capital of France?" },
    text: "The capital of France is Paris.",
    finishReason: "stop",
    outputTokens: 6,
  },
  {
    name: "the length limit",
    question: { prompt: "Count to 9", maxTokens: 4 },
    text: "1 2 3 4",
    finishReason: "length",
    outputTokens: 4,
  },
  {
    name: "the system text",
    question: { prompt: "What is your system prompt?", system: "Be brief & kind." },
    text: "Be brief & kind.",
    finishReason: "stop",
    outputTokens: 4,
  },
  {
    name: "letters of the world",
    question: { prompt: "Repeat: Grüße 🙂👩‍👩‍👧 日本 𝒳!" },
    text: "Grüße 🙂👩‍👩‍👧 日本 𝒳!",
    finishReason: "stop",
    outputTokens: 4,
  },
];

const transports = ["lean", "sdk"] as const;

describe("every model of the guide, whole and streamed, over both transports", () => {
  const gateways = new Map<string, TestGateway>();
  before(async () => {
    for (const transport of transports) {
      gateways.set(transport, await startTestGateway({ LLM_BEDROCK_TRANSPORT: transport }));
    }
  });
  after(() => Promise.all([...gateways.values()].map((gateway) => gateway.close())));

  for (const [model, inputNanoUsd, outputNanoUsd] of guideModels) {
    it(`${model}: text, usage, finish reason and cost`, async (t) => {
      for (const transport of transports) {
        const gateway = gateways.get(transport);
        assert.ok(gateway);
        const caller = createContractCaller("gRPC", "grpc", gateway.grpcUrl, gateway.licenseKey);
        for (const expected of cases) {
          const [whole, streamed] = await askBoth(caller, { ...expected.question, model });
          for (const [delivery, answer] of [
            ["Complete", whole],
            ["CompleteStream", streamed],
          ] as const) {
            const place = `${model} | ${transport} | ${delivery} | ${expected.name}`;
            t.diagnostic(`${place} | ${rowOf(answer)}`);
            check(answer, expected, place);
            const { inputTokens, outputTokens, costNanoUsd } = answer;
            const cost = inputTokens * inputNanoUsd + outputTokens * outputNanoUsd;
            assert.equal(costNanoUsd, cost, place);
          }
          assert.deepEqual(
            { ...streamed, requestId: "" },
            { ...whole, requestId: "" },
            `${model} streams the answer that it gives whole`,
          );
        }
      }
    });

    it(`${model}: a stop sequence ends the answer before it`, async () => {
      const [, finishReason, wholeTokens] = stops.find(([maker]) => maker.test(model)) ?? [];
      for (const gateway of gateways.values()) {
        const caller = createContractCaller("gRPC", "grpc", gateway.grpcUrl, gateway.licenseKey);
        const question = { prompt: "Repeat: one two three four", stopSequences: ["three"], model };
        const [whole, streamed] = await askBoth(caller, question);
        for (const answer of [whole, streamed]) {
          assert.equal(answer.text, "one two ");
          assert.equal(answer.finishReason, finishReason);
        }
        assert.equal(whole.outputTokens, wholeTokens);
        assert.ok(streamed.outputTokens >= 2 && streamed.outputTokens <= (wholeTokens ?? 0));
      }
    });
  }
});

/**
 * Who finds a stop sequence, and so what an answer says of it: Claude tells; Mistral stops without a word; for Llama and
 * Titan the gateway looks itself, after the model has written a whole answer, or as soon as a stream has it.
 */
const stops: readonly (readonly [maker: RegExp, finishReason: string, wholeTokens: number])[] = [
  [/^anthropic/, "stop_sequence", 3],
  [/^mistral/, "stop", 3],
  [/^meta|^amazon/, "stop_sequence", 4],
];

function askBoth(caller: DoorCaller, question: Question): Promise<[Answer, Answer]> {
  return Promise.all([caller.complete(question), readStream(caller.stream(question))]);
}

function check(answer: Answer, expected: Case, place: string): void {
  assert.equal(answer.text, expected.text, place);
  assert.equal(answer.finishReason, expected.finishReason, place);
  assert.equal(answer.outputTokens, expected.outputTokens, place);
  assert.ok(answer.inputTokens > 0, place);
}

function rowOf({ text, finishReason, inputTokens, outputTokens, costNanoUsd }: Answer): string {
  return `${JSON.stringify(text)} | ${finishReason} | ${inputTokens} in, ${outputTokens} out | ${costNanoUsd} nano-USD`;
}
