import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  CountTokensCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { anthropicBody, createAsker, franceQuestion, sonnet, withEmulator } from "./fixture.ts";
import { sendSigned } from "./signed.ts";
import type { Json } from "./speakers/speaker.ts";

const modelId = "us.anthropic.claude-sonnet-4-6";
const asked = (text: string) => [{ role: "user" as const, content: [{ text }] }];

test("a whole answer has its members in alphabetical order and no counts in headers", () =>
  withEmulator({}, async ({ url }) => {
    const { text, headers } = await sendSigned(url, "POST", `/model/${modelId}/converse`, {
      messages: asked("Count to 2"),
    });
    assert.equal(
      text.replace(/"latencyMs":\d+/, '"latencyMs":1'),
      '{"metrics":{"latencyMs":1},"output":{"message":{"content":[{"text":"1 2"}],"role":"assistant"}},"stopReason":"end_turn","usage":{"cacheReadInputTokenCount":0,"cacheReadInputTokens":0,"cacheWriteInputTokenCount":0,"cacheWriteInputTokens":0,"inputTokens":5,"outputTokens":2,"serverToolUsage":{},"totalTokens":7}}',
    );
    assert.equal(headers.get("x-amzn-bedrock-input-token-count"), null);
  }));

test("a stream's frames are named, and hold plain JSON with padding in alphabetical order", () =>
  withEmulator({}, async ({ url }) => {
    const path = "/model/cohere.command-r-v1%3A0/converse-stream";
    const { text, headers } = await sendSigned(url, "POST", path, {
      messages: asked("Count to 1"),
    });
    const frames = text.matchAll(
      /:event-type\W+(\w+)\r:content[^{]*(\{.*?\})(?=[^}]*(?::event|$))/gs,
    );
    const unpadded = (json = "") =>
      json.replace(/"p":"\w+"/, '"p":"…"').replace(/Ms":\d+/, 'Ms":1');
    assert.deepEqual(
      [...frames].map(([, name, json]) => [name, unpadded(json)]),
      [
        ["messageStart", '{"p":"…","role":"assistant"}'],
        ["contentBlockDelta", '{"contentBlockIndex":0,"delta":{"text":"1"},"p":"…"}'],
        ["contentBlockDelta", '{"contentBlockIndex":0,"delta":{"text":""},"p":"…"}'],
        ["contentBlockStop", '{"contentBlockIndex":0,"p":"…"}'],
        ["messageStop", '{"p":"…","stopReason":"end_turn"}'],
        [
          "metadata",
          '{"metrics":{"latencyMs":1},"p":"…","usage":{"inputTokens":5,"outputTokens":1,"serverToolUsage":{},"totalTokens":6}}',
        ],
      ],
    );
    assert.equal(headers.get("x-amzn-bedrock-content-type"), null);
  }));

test("models that always reason do so unasked, and sign nothing", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "2");
    const input = { modelId: "us.deepseek.r1-v1:0", messages: asked("Count to 2") };
    const answer = await asker.client.send(new ConverseCommand(input));
    assert.deepEqual(answer.output?.message?.content, [
      {
        reasoningContent: {
          reasoningText: { text: "The prompt has 3 words, so the answer is clear." },
        },
      },
      { text: "1 2" },
    ]);
    assert.equal(answer.usage?.outputTokens, 12);
  }));

test("Nova 2 says that it reasoned but not what, and is paid for it", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "2");
    const input = {
      modelId: "us.amazon.nova-2-lite-v1:0",
      messages: asked("Count to 2"),
      additionalModelRequestFields: {
        reasoningConfig: { type: "enabled", maxReasoningEffort: "low" },
      },
    };
    const { stream = [] } = await asker.client.send(new ConverseStreamCommand(input));
    const events: Json[] = [];
    for await (const event of stream as AsyncIterable<Json>) events.push(event);
    assert.deepEqual(events[1].contentBlockDelta.delta, {
      reasoningContent: { text: "[REDACTED]." },
    });
    assert.equal(events.at(-1).metadata.usage.outputTokens, 12);
  }));

test("members of the model's own answer that are asked for are there", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    const answer = await asker.client.send(
      new ConverseCommand({
        modelId,
        messages: asked("Count to 9"),
        inferenceConfig: { stopSequences: [" 3"] },
        additionalModelResponseFieldPaths: ["/stop_sequence"],
      }),
    );
    assert.equal(answer.stopReason, "stop_sequence");
    assert.deepEqual(answer.additionalModelResponseFields, { stop_sequence: " 3" });
  }));

const use = { toolUse: { toolUseId: "t1", name: "clock", input: {} } };
const result = { toolResult: { toolUseId: "t1", content: [{ json: { hour: 3 } }] } };
const toolConfig = {
  tools: [{ toolSpec: { name: "clock", inputSchema: { json: { type: "object" } } } }],
};
const turns = (...content: object[][]) =>
  content.map((blocks, index) => ({
    role: index % 2 === 0 ? "user" : "assistant",
    content: blocks,
  }));
const text = (words: string) => [{ text: words }];
const image = { image: { format: "png", source: { bytes: new Uint8Array([1, 2, 3]) } } };

const refusals: readonly (readonly [claim: string, input: object, message: RegExp])[] = [
  ["no messages", { messages: [] }, /has no messages/],
  [
    "an assistant who begins",
    { messages: [{ role: "assistant", content: text("x") }] },
    /must start with a user/,
  ],
  ["two users in a row", { messages: [...asked("x"), ...asked("y")] }, /must alternate/],
  ["a blank text", { messages: asked(" ") }, /messages\.0\.content\.0 is blank/],
  ["no content", { messages: [{ role: "user", content: [] }] }, /messages\.0 is empty/],
  [
    "too many tokens",
    { inferenceConfig: { maxTokens: 64_001 } },
    /exceed the model limit of 64000/,
  ],
  ["a wild temperature", { inferenceConfig: { temperature: 1.1 } }, /not less or equal to 1/],
  [
    "tool blocks without tools",
    { messages: turns(text("x"), [use], [result]) },
    /toolConfig field must be defined/,
  ],
  [
    "a use without a result",
    { toolConfig, messages: turns(text("x"), [use], text("y")) },
    /Expected toolResult blocks at messages\.2\.content for the following Ids: t1/,
  ],
  [
    "a result without a use",
    { toolConfig, messages: turns([result]) },
    /exceeds the number of toolUse/,
  ],
  [
    "a choice of no tool",
    { toolConfig: { ...toolConfig, toolChoice: { tool: { name: "x" } } } },
    /names no tool/,
  ],
  [
    "a schema that is no object's",
    {
      toolConfig: {
        tools: [{ toolSpec: { name: "a", inputSchema: { json: { type: "string" } } } }],
      },
    },
    /must be one of the following: object/,
  ],
  [
    "an unknown field of Claude's",
    { additionalModelRequestFields: { topK: 3 } },
    /extraneous key \[topK\]/,
  ],
  ["an unknown tier", { serviceTier: { type: "gold" } }, /Value 'gold' at 'serviceTier'/],
  ["an unknown latency", { performanceConfig: { latency: "now" } }, /Value 'now'/],
  [
    "a guardrail without a version",
    { guardrailConfig: { guardrailIdentifier: "g" } },
    /guardrailVersion/,
  ],
  [
    "tools where there are none",
    { modelId: "amazon.titan-text-express-v1", toolConfig },
    /doesn't support tool use\./,
  ],
  [
    "an image to a model without eyes",
    { modelId: "cohere.command-r-v1:0", messages: turns([...text("x"), image]) },
    /doesn't support the image content block/,
  ],
];

for (const [claim, input, message] of refusals) {
  test(`Converse refuses ${claim}`, () =>
    withEmulator({}, async (emulator) => {
      using asker = createAsker(emulator, "1.1");
      const full = { modelId, messages: asked("x"), ...input } as ConverseCommandInput;
      const refused = { name: "ValidationException", message };
      await assert.rejects(asker.client.send(new ConverseCommand(full)), refused);
      await assert.rejects(asker.client.send(new ConverseStreamCommand(full)), refused);
    }));
}

test("Llama uses tools, but not in a stream", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    const messages = asked("Use tool clock with {}");
    const input = { modelId: "us.meta.llama3-3-70b-instruct-v1:0", messages, toolConfig };
    const answer = await asker.client.send(new ConverseCommand(input));
    assert.equal(answer.stopReason, "tool_use");
    await assert.rejects(asker.client.send(new ConverseStreamCommand(input)), {
      message: "This model doesn't support tool use in streaming mode.",
    });
  }));

test("tokens are counted without an answer, for InvokeModel and Converse", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "2");
    const body = Buffer.from(JSON.stringify(anthropicBody(franceQuestion)));
    const inputs = [{ invokeModel: { body } }, { converse: { messages: asked(franceQuestion) } }];
    for (const input of inputs) {
      const command = new CountTokensCommand({ modelId: sonnet, input });
      assert.equal((await asker.client.send(command)).inputTokens, 8);
    }
    const wrong = { invokeModel: { body: Buffer.from("{}") } };
    const refused = asker.client.send(new CountTokensCommand({ modelId: sonnet, input: wrong }));
    await assert.rejects(refused, { name: "ValidationException", message: /max_tokens/ });
    assert.deepEqual(
      emulator.journal.entries.filter(({ kind }) => kind === "request").map(({ api }) => api),
      ["count-tokens", "count-tokens", "count-tokens"],
    );
  }));
