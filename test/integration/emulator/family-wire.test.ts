import assert from "node:assert/strict";
import { test } from "node:test";
import {
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { type Asker, anthropicBody, createAsker, franceQuestion, withEmulator } from "./fixture.ts";
import type { Json } from "./speakers/speaker.ts";

const metricsName = "amazon-bedrock-invocationMetrics";

async function whole({ client }: Asker, modelId: string, body: object): Promise<Json> {
  const input = { modelId, contentType: "application/json", body: JSON.stringify(body) };
  const answer = await client.send(new InvokeModelCommand(input));
  return JSON.parse(Buffer.from(answer.body).toString());
}

async function stream({ client }: Asker, modelId: string, body: object): Promise<Json[]> {
  const input = { modelId, contentType: "application/json", body: JSON.stringify(body) };
  const { body: frames = [] } = await client.send(new InvokeModelWithResponseStreamCommand(input));
  const chunks: Json[] = [];
  for await (const { chunk } of frames as AsyncIterable<Json>) {
    chunks.push(JSON.parse(Buffer.from(chunk.bytes).toString()));
  }
  return chunks;
}

const llamaBody = { prompt: "Count to 3" };
const titanBody = { inputText: "Count to 6" };
const mistralBody = { prompt: "<s>[INST] Count to 3 [/INST]" };
const novaBody = { messages: [{ role: "user", content: [{ text: "Count to 2" }] }] };

const answers: readonly (readonly [modelId: string, body: object, answer: object])[] = [
  [
    "meta.llama3-8b-instruct-v1:0",
    llamaBody,
    { generation: "1 2 3", prompt_token_count: 5, generation_token_count: 3, stop_reason: "stop" },
  ],
  [
    "amazon.titan-text-lite-v1",
    titanBody,
    {
      inputTextTokenCount: 5,
      results: [{ tokenCount: 6, outputText: "\n1 2 3 4 5 6", completionReason: "FINISH" }],
    },
  ],
  [
    "mistral.mixtral-8x7b-instruct-v0:1",
    mistralBody,
    { outputs: [{ text: " 1 2 3", stop_reason: "stop" }] },
  ],
  [
    "amazon.nova-lite-v1:0",
    novaBody,
    {
      output: { message: { content: [{ text: "1 2" }], role: "assistant" } },
      stopReason: "end_turn",
      usage: { inputTokens: 5, outputTokens: 2, totalTokens: 7 },
    },
  ],
];

for (const [modelId, body, expected] of answers) {
  test(`a whole answer of ${modelId} has the family's body, and its counts in headers`, () =>
    withEmulator({}, async (emulator) => {
      using asker = createAsker(emulator, "1.1");
      assert.deepEqual(await whole(asker, modelId, body), expected);
      assert.equal(asker.headers()["x-amzn-bedrock-input-token-count"], "5");
    }));
}

const llamaChunk = (
  generation: string,
  prompt: number | null,
  count: number,
  reason: string | null,
) => ({
  generation,
  prompt_token_count: prompt,
  generation_token_count: count,
  stop_reason: reason,
});
const titanChunk = (
  outputText: string,
  out: number | null,
  reason: string | null,
  input: number | null,
) => ({
  outputText,
  index: 0,
  totalOutputTextTokenCount: out,
  completionReason: reason,
  inputTextTokenCount: input,
});
const mistralChunk = (text: string, reason: string | null) => ({
  outputs: [{ text, stop_reason: reason }],
});
const novaPair = (text: string, contentBlockIndex: number) => [
  { contentBlockDelta: { delta: { text }, contentBlockIndex } },
  { contentBlockStop: { contentBlockIndex } },
];

const streams: readonly (readonly [modelId: string, body: object, chunks: readonly object[]])[] = [
  [
    "meta.llama3-8b-instruct-v1:0",
    llamaBody,
    [
      llamaChunk("1", 5, 1, null),
      llamaChunk(" 2", null, 2, null),
      llamaChunk(" 3", null, 3, null),
      llamaChunk("", null, 3, "stop"),
    ],
  ],
  ["meta.llama3-8b-instruct-v1:0", { prompt: "Say nothing." }, [llamaChunk("", 4, 0, "stop")]],
  [
    "amazon.titan-text-lite-v1",
    titanBody,
    [
      titanChunk("\n1 2", null, null, null),
      titanChunk(" 3 4", null, null, null),
      titanChunk(" 5 6", 6, "FINISH", 5),
    ],
  ],
  [
    "mistral.mixtral-8x7b-instruct-v0:1",
    mistralBody,
    [mistralChunk(" 1", null), mistralChunk(" 2", null), mistralChunk(" 3", "stop")],
  ],
  [
    "amazon.nova-lite-v1:0",
    novaBody,
    [
      { messageStart: { role: "assistant" } },
      ...novaPair("1", 0),
      ...novaPair(" 2", 1),
      { messageStop: { stopReason: "end_turn" } },
      {
        metadata: {
          usage: { inputTokens: 5, outputTokens: 2, totalTokens: 7 },
          metrics: {},
          trace: {},
        },
      },
    ],
  ],
];

for (const [modelId, body, expected] of streams) {
  test(`a stream of ${modelId} to ${JSON.stringify(body)} has the family's chunks, and metrics in the last`, () =>
    withEmulator({}, async (emulator) => {
      using asker = createAsker(emulator, "2");
      const chunks = await stream(asker, modelId, body);
      const metrics = chunks.map((chunk) => chunk[metricsName]);
      assert.equal(metrics.filter(Boolean).length, 1);
      assert.equal(typeof metrics.at(-1).inputTokenCount, "number");
      delete chunks.at(-1)[metricsName];
      assert.deepEqual(chunks, expected);
    }));
}

const clockTool = { name: "clock", inputSchema: { json: { type: "object" } } };
const novaTool = {
  messages: [{ role: "user", content: [{ text: 'Use tool clock with {"zone":"UTC"}' }] }],
  toolConfig: { tools: [{ toolSpec: clockTool }] },
};

test("Nova uses a tool in its own words", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    const answer = await whole(asker, "amazon.nova-pro-v1:0", novaTool);
    const [{ toolUse }] = answer.output.message.content;
    assert.deepEqual(Object.keys(toolUse).sort(), ["input", "name", "toolUseId"]);
    assert.deepEqual([toolUse.input, answer.stopReason], [{ zone: "UTC" }, "tool_use"]);
    const chunks = await stream(asker, "amazon.nova-pro-v1:0", novaTool);
    const [, start, ...rest] = chunks;
    assert.equal(start.contentBlockStart.start.toolUse.name, "clock");
    const pieces = rest.flatMap(({ contentBlockDelta: delta }) => delta?.delta.toolUse.input ?? []);
    assert.deepEqual(pieces, ['{"zone":', '"UTC"}']);
    assert.equal(chunks.at(-2).messageStop.stopReason, "tool_use");
  }));

for (const [modelId, reason, member] of [
  ["mistral.mistral-large-2407-v1:0", "stop_reason", "message"],
  ["mistral.ministral-3-8b-instruct", "finish_reason", "delta"],
] as const) {
  test(`${modelId} uses a tool in its own words`, () =>
    withEmulator({}, async (emulator) => {
      using asker = createAsker(emulator, "1.1");
      const called = { name: "clock", arguments: '{"zone":"UTC"}' };
      const body = {
        messages: [{ role: "user", content: 'Use tool clock with {"zone":"UTC"}' }],
        tools: [{ type: "function", function: { name: "clock", parameters: { type: "object" } } }],
      };
      const [choice] = (await whole(asker, modelId, body)).choices;
      assert.deepEqual(choice.message.tool_calls[0].function, called);
      assert.equal(choice[reason], "tool_calls");
      const chunks = await stream(asker, modelId, body);
      const calls = chunks.flatMap(({ choices: [each] }) => each[member].tool_calls ?? []);
      assert.deepEqual(
        calls.map((call) => call.function),
        [called],
      );
      assert.equal(chunks.at(-1).choices[0][reason], "tool_calls");
    }));
}

const long = "meta.llama3-1-70b-instruct-v1:0";
const refusals: readonly (readonly [modelId: string, body: object, message: RegExp])[] = [
  ["meta.llama3-8b-instruct-v1:0", {}, /#: required key \[prompt\] not found, please/],
  [long, { prompt: "x", stop: ["y"] }, /#: extraneous key \[stop\] is not permitted/],
  [long, { prompt: "x", max_gen_len: 2_049 }, /exceed the model limit of 2048/],
  [long, { prompt: "x", top_p: 2 }, /#\/top_p: 2 is not less or equal to 1/],
  ["mistral.mistral-7b-instruct-v0:2", { messages: [] }, /extraneous key \[messages\]/],
  ["mistral.mixtral-8x7b-instruct-v0:1", { prompt: "x", max_tokens: 4_097 }, /limit of 4096/],
  ["mistral.mistral-large-2407-v1:0", { prompt: "x" }, /extraneous key \[prompt\]/],
  [
    "amazon.titan-text-express-v1",
    { inputText: "x", textGenerationConfig: { stopSequences: ["END"] } },
    /stopSequences\/0: string \[END\] does not match pattern \^\(\\\|\+\|User:\)\$/,
  ],
  [
    "amazon.titan-text-premier-v1:0",
    { inputText: "x", textGenerationConfig: { maxTokenCount: 3_073 } },
    /limit of 3072/,
  ],
  ["amazon.nova-micro-v1:0", { ...novaBody, max_tokens: 3 }, /extraneous key \[max_tokens\]/],
  ["amazon.nova-micro-v1:0", { messages: [] }, /no messages/],
  [
    "amazon.nova-2-lite-v1:0",
    { ...novaBody, inferenceConfig: { maxTokens: 64_001 } },
    /limit of 64000/,
  ],
  ["cohere.command-r-v1:0", { message: "x" }, /through Converse and ConverseStream only/],
];

for (const [modelId, body, message] of refusals) {
  test(`${modelId} refuses ${JSON.stringify(body).slice(0, 60)}`, () =>
    withEmulator({}, async (emulator) => {
      using asker = createAsker(emulator, "1.1");
      const refused = { name: "ValidationException", message };
      await assert.rejects(whole(asker, modelId, body), refused);
      await assert.rejects(stream(asker, modelId, body), refused);
    }));
}

const modern = ["opus-4-7", "sonnet-5", "fable-5", "opus-5", "opus-5-5", "sonnet-5-5", "fable-5-1"];
const newest = ["opus-5-5", "sonnet-5-5", "fable-5-1"];
const since46 = [...modern, "opus-4-6-v1", "sonnet-4-6", "haiku-5-5"];
const tool = { tools: [{ name: "t", input_schema: { type: "object" } }] };
const prefill = [
  { role: "user", content: franceQuestion },
  { role: "assistant", content: "The" },
];
const claudeRules: readonly (readonly [
  models: readonly string[],
  rest: object,
  message: RegExp,
])[] = [
  [modern, { temperature: 0.5 }, /`temperature` is deprecated/],
  [modern, { top_p: 0.5 }, /`top_p` is deprecated/],
  [modern, { top_k: 5 }, /`top_k` is deprecated/],
  [since46, { messages: prefill }, /does not support assistant message prefill/],
  [modern, { thinking: { type: "enabled", budget_tokens: 1_024 } }, /thinking\.type\.enabled/],
  [newest, { thinking: { type: "disabled" } }, /thinking\.type\.disabled/],
  [newest, { ...tool, tool_choice: { type: "any" } }, /forcing a tool/],
  [newest, { ...tool, tool_choice: { type: "tool", name: "t" } }, /forcing a tool/],
];

for (const [models, rest, message] of claudeRules) {
  test(`only the Claude models that refuse ${JSON.stringify(rest).slice(0, 60)} do so`, () =>
    withEmulator({}, async (emulator) => {
      using asker = createAsker(emulator, "1.1");
      const body = anthropicBody(franceQuestion, rest);
      const tried = [...since46, "sonnet-4-5-20250929-v1:0"];
      for (const name of tried) {
        const asked = whole(asker, `anthropic.claude-${name}`, body);
        if (models.includes(name))
          await assert.rejects(asked, { name: "ValidationException", message });
        else assert.equal((await asked).role, "assistant");
      }
    }));
}
