import assert from "node:assert/strict";
import { test } from "node:test";
import { ConverseCommand, type ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime";
import { createPromptCache } from "../../../emulator/answers/prompt-cache.ts";
import type { Prompt } from "../../../emulator/prompt.ts";
import { type Asker, anthropicBody, createAsker, unlimited, withEmulator } from "./fixture.ts";
import type { Json } from "./speakers/speaker.ts";

const system = (ttl?: string) => [
  {
    type: "text",
    text: "one two three",
    cache_control: { type: "ephemeral", ...(ttl && { ttl }) },
  },
];

async function usage(asker: Asker, body: object): Promise<Json> {
  const answer: Json = await asker.whole({ modelId: unlimited, body });
  return answer.usage;
}

test("the first call writes the prefix, the next one reads it, and input is what is left", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    const body = anthropicBody("Count to 2", { system: system() });
    const first = await usage(asker, body);
    assert.deepEqual(
      [first.input_tokens, first.cache_creation_input_tokens, first.cache_read_input_tokens],
      [5, 3, 0],
    );
    assert.deepEqual(first.cache_creation, {
      ephemeral_5m_input_tokens: 3,
      ephemeral_1h_input_tokens: 0,
    });
    assert.equal(asker.headers()["x-amzn-bedrock-cache-write-input-token-count"], "3");
    const second = await usage(asker, body);
    assert.deepEqual(
      [second.input_tokens, second.cache_creation_input_tokens, second.cache_read_input_tokens],
      [5, 0, 3],
    );
    assert.equal(asker.headers()["x-amzn-bedrock-cache-read-input-token-count"], "3");
  }));

test("a longer prompt reads the old prefix and writes the rest, for an hour if asked", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    await usage(asker, anthropicBody("Hello", { system: system() }));
    const cached = {
      type: "text",
      text: "four five",
      cache_control: { type: "ephemeral", ttl: "1h" },
    };
    const messages = [{ role: "user", content: [cached, { type: "text", text: " six" }] }];
    const { input_tokens, cache_read_input_tokens, cache_creation } = await usage(
      asker,
      anthropicBody("", { system: system(), messages }),
    );
    assert.deepEqual([input_tokens, cache_read_input_tokens], [1, 3]);
    assert.deepEqual(cache_creation, {
      ephemeral_5m_input_tokens: 0,
      ephemeral_1h_input_tokens: 4,
    });
  }));

test("a cache point of the whole request is one at its end", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    const body = anthropicBody("Count to 2", { cache_control: { type: "ephemeral" } });
    assert.equal((await usage(asker, body)).cache_creation_input_tokens, 5);
    assert.equal((await usage(asker, body)).cache_read_input_tokens, 5);
  }));

test("Nova tells of the cache only when it was used, in names of its own", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    const content = [{ text: "one two" }, { cachePoint: { type: "default" } }, { text: " three" }];
    const body = { messages: [{ role: "user", content }] };
    const modelId = "amazon.nova-lite-v1:0";
    const usages: Json[] = [];
    for (let call = 0; call < 2; call += 1) {
      const answer: Json = await asker.whole({ modelId, body });
      usages.push(answer.usage);
    }
    const counts = usages.map((each) => [
      each.inputTokens,
      each.cacheReadInputTokenCount,
      each.cacheWriteInputTokenCount,
    ]);
    assert.deepEqual(counts, [
      [1, 0, 4],
      [1, 4, 0],
    ]);
  }));

test("clearing the journal clears the cache", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    const body = anthropicBody("Hello", { system: system("1h") });
    await usage(asker, body);
    await fetch(`${emulator.url}/_emulator/journal`, { method: "DELETE" });
    assert.equal((await usage(asker, body)).cache_read_input_tokens, 0);
  }));

test("Converse tells the cache's tokens twice and in the total", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    const input: ConverseCommandInput = {
      modelId: unlimited,
      system: [{ text: "one two three" }, { cachePoint: { type: "default", ttl: "1h" } }],
      messages: [{ role: "user", content: [{ text: "Count to 2" }] }],
    };
    const first = await asker.client.send(new ConverseCommand(input));
    const counts = { inputTokens: 5, outputTokens: 2, totalTokens: 10 };
    assert.deepEqual(first.usage, {
      ...counts,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 3,
      cacheDetails: [{ inputTokens: 3, ttl: "1h" }],
    });
    const second = await asker.client.send(new ConverseCommand(input));
    assert.deepEqual(second.usage, {
      ...counts,
      cacheReadInputTokens: 3,
      cacheWriteInputTokens: 0,
    });
  }));

test("a prefix lives five minutes, or an hour, from its last use, and is one model's", () => {
  let nowMs = 0;
  const cache = createPromptCache(() => nowMs);
  const prompt = (ttl: "5m" | "1h"): Prompt => ({
    system: [
      { kind: "text", text: `lives ${ttl}` },
      { kind: "cache-point", ttl },
    ],
    messages: [],
    maxTokens: 1,
    stopSequences: [],
    sampling: {},
  });
  const read = (ttl: "5m" | "1h", model = "m") => cache.use(model, prompt(ttl)).readTokens;
  assert.deepEqual([read("5m"), read("1h"), read("5m", "other")], [0, 0, 0]);
  nowMs += 299_999;
  assert.deepEqual([read("5m"), read("1h")], [2, 2]);
  nowMs += 300_001;
  assert.deepEqual([read("5m"), read("1h")], [0, 2]);
});

test("the cache forgets the prefixes that are not used when there are too many", () => {
  const cache = createPromptCache(() => 0);
  const prompt = (text: string): Prompt => ({
    system: [
      { kind: "text", text },
      { kind: "cache-point", ttl: "1h" },
    ],
    messages: [],
    maxTokens: 1,
    stopSequences: [],
    sampling: {},
  });
  for (let index = 0; index <= 1_000; index += 1) cache.use("m", prompt(`prefix ${index}`));
  assert.equal(cache.use("m", prompt("prefix 1000")).readTokens, 2);
  assert.equal(cache.use("m", prompt("prefix 0")).readTokens, 0);
});
