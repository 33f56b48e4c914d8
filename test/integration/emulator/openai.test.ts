import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openAiModels } from "../../../emulator/openai/openai-models.ts";
import { withEmulator } from "./fixture.ts";
import { chunksOf, complete, says, send } from "./openai-caller.ts";

const usage = { stream: true, stream_options: { include_usage: true } };

describe("the emulator's OpenAI", () => {
  it("answers the guide's question with 8 and 6 tokens, in OpenAI's words", () =>
    withEmulator({}, async (emulator) => {
      const { status, json } = await complete(emulator, {});
      const { id, ...rest } = json;
      assert.equal(status, 200);
      assert.match(id, /^chatcmpl-\w{24}$/);
      assert.deepEqual(rest, {
        object: "chat.completion",
        created: 1_767_225_600,
        model: "gpt-4-turbo-2024-04-09",
        service_tier: "default",
        system_fingerprint: "fp_emulator00",
        choices: [
          {
            index: 0,
            message: {
              role: "assistant",
              content: "The capital of France is Paris.",
              refusal: null,
              annotations: [],
            },
            logprobs: null,
            finish_reason: "stop",
          },
        ],
        usage: {
          prompt_tokens: 8,
          completion_tokens: 6,
          total_tokens: 14,
          prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
          completion_tokens_details: {
            reasoning_tokens: 0,
            audio_tokens: 0,
            accepted_prediction_tokens: 0,
            rejected_prediction_tokens: 0,
          },
        },
      });
    }));

  it("answers the same as a stream: role, words, end, counts, [DONE]", () =>
    withEmulator({}, async (emulator) => {
      const answer = await complete(emulator, usage);
      assert.match(answer.headers.get("content-type") ?? "", /^text\/event-stream/);
      const chunks = chunksOf(answer);
      const choices = chunks.map((chunk) => chunk.choices[0]);
      assert.deepEqual(choices[0].delta, { role: "assistant", content: "", refusal: null });
      const words = choices.slice(1, -2).map(({ delta }) => delta.content);
      assert.deepEqual([words.length, words.join("")], [6, "The capital of France is Paris."]);
      const reasons = choices.slice(0, -1).map(({ finish_reason }) => finish_reason);
      assert.deepEqual(reasons, [...Array(7).fill(null), "stop"]);
      assert.deepEqual([choices.at(-2).delta, choices.at(-1)], [{}, undefined]);
      assert.deepEqual(
        chunks.map((chunk) => chunk.usage?.total_tokens ?? chunk.usage),
        [...Array(8).fill(null), 14],
      );
      assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
    }));

  it("pads the chunks of a stream, unless it is asked not to", () =>
    withEmulator({}, async (emulator) => {
      const pads = chunksOf(await complete(emulator, usage)).map((chunk) => chunk.obfuscation);
      assert.ok(pads.every((pad) => /^\w{1,24}$/.test(pad)));
      assert.ok(new Set(pads.map(({ length }) => length)).size > 1);
      const plain = await complete(emulator, {
        stream: true,
        stream_options: { include_obfuscation: false },
      });
      for (const chunk of chunksOf(plain)) assert.equal("obfuscation" in chunk, false);
    }));

  it("counts in a stream only where that is asked for", () =>
    withEmulator({}, async (emulator) => {
      const chunks = chunksOf(await complete(emulator, { stream: true }));
      for (const chunk of chunks) assert.equal("usage" in chunk, false);
      assert.equal(chunks.at(-1).choices[0].finish_reason, "stop");
    }));

  it("tells the id of the request, its limits as durations, and its own time", () =>
    withEmulator({}, async (emulator) => {
      for (const body of [{}, { stream: true }]) {
        const { headers } = await complete(emulator, body);
        assert.match(headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
        assert.match(headers.get("openai-processing-ms") ?? "", /^\d+$/);
        assert.match(headers.get("x-ratelimit-remaining-tokens") ?? "", /^\d+$/);
        assert.match(headers.get("x-ratelimit-reset-requests") ?? "", /^\d+m?s$/);
      }
    }));

  it("reasons where the model does, and counts it without telling it", () =>
    withEmulator({}, async (emulator) => {
      const whole = await complete(emulator, { model: "o4-mini" });
      const { completion_tokens: tokens, completion_tokens_details: details } = whole.json.usage;
      assert.deepEqual([tokens, details.reasoning_tokens], [16, 10]);
      assert.equal(whole.json.choices[0].message.content, "The capital of France is Paris.");
      const none = await complete(emulator, { model: "gpt-5.6-sol", reasoning_effort: "none" });
      assert.equal(none.json.usage.completion_tokens, 6);
      const chunks = chunksOf(await complete(emulator, { model: "o4-mini", ...usage }));
      assert.deepEqual(chunks.at(-1).usage, whole.json.usage);
    }));

  it("streams a tool's use with id and name first and once, and its arguments in pieces", () =>
    withEmulator({}, async (emulator) => {
      const tools = [
        { type: "function", function: { name: "weather", parameters: { type: "object" } } },
      ];
      const text = 'Use tools weather with {"city":"Lyon"} and weather with {"city":"Paris"}';
      const chunks = chunksOf(await complete(emulator, { ...says(text), tools, ...usage }));
      const calls = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
      for (const index of [0, 1]) {
        const [first, ...rest] = calls.filter((call) => call.index === index);
        assert.match(first.id, /^call_\w+$/);
        assert.deepEqual(
          [first.type, first.function],
          ["function", { name: "weather", arguments: "" }],
        );
        assert.ok(rest.length > 1);
        assert.ok(rest.every((call) => call.id === undefined && call.function.name === undefined));
      }
      assert.equal(chunks.at(-2).choices[0].finish_reason, "tool_calls");
    }));

  it("refuses in words of its own when told to", () =>
    withEmulator({}, async (emulator) => {
      const { content, refusal } = (await complete(emulator, says("Refuse."))).json.choices[0]
        .message;
      assert.equal(content, null);
      assert.match(refusal, /^You asked/);
    }));

  it("tells which parameters arrived", () =>
    withEmulator({}, async (emulator) => {
      const body = {
        ...says("Which parameters?"),
        temperature: 0.5,
        seed: 7,
        user: "u",
        service_tier: "flex",
        max_tokens: 99,
      };
      const { content } = (await complete(emulator, body)).json.choices[0].message;
      assert.deepEqual(JSON.parse(content), {
        max_tokens: 99,
        temperature: 0.5,
        seed: 7,
        stop_sequence_count: 0,
        user: "u",
        service_tier: "flex",
      });
    }));

  it("lists its models, and describes one", () =>
    withEmulator({}, async (emulator) => {
      const { json } = await send(emulator, "/v1/models");
      assert.deepEqual(
        json.data.map(({ id }: { id: string }) => id),
        openAiModels.map(({ id }) => id),
      );
      const one = await send(emulator, "/v1/models/gpt-4o");
      assert.deepEqual([one.status, one.json.id, one.json.object], [200, "gpt-4o", "model"]);
      assert.equal((await send(emulator, "/v1/models/gpt-9")).status, 404);
    }));

  it("lets in the keys that it is given, and shows the beginning and the end of others, as OpenAI does", () =>
    withEmulator({ openAiKeys: ["sk-one", "sk-two"] }, async (emulator) => {
      for (const key of ["sk-one", "sk-two"]) {
        assert.equal((await complete(emulator, {}, key)).status, 200);
      }
      const wrong = await complete(emulator, {}, "sk-emulator-abcd");
      assert.equal(wrong.status, 401);
      assert.equal(wrong.json.error.code, "invalid_api_key");
      assert.match(wrong.json.error.message, /sk-em\*+abcd/);
      const missing = await send(emulator, "/v1/models", "");
      assert.deepEqual([missing.status, missing.json.error.code], [401, null]);
    }));

  it("refuses paths that it does not know in OpenAI's words, and leaves Bedrock its own", () =>
    withEmulator({}, async (emulator) => {
      const { status, json, headers } = await send(emulator, "/v1/responses", "sk-emulator", "{}");
      assert.deepEqual([status, json.error.message], [404, "Invalid URL (POST /v1/responses)"]);
      assert.ok(headers.get("x-request-id"));
      assert.ok((await send(emulator, "/v2/anything")).headers.get("x-amzn-RequestId"));
    }));

  it("writes down what was asked, with the API's name", () =>
    withEmulator({}, async (emulator) => {
      await complete(emulator, { stream: true });
      await send(emulator, "/v1/models");
      const asked = emulator.journal.entries.filter(({ kind }) => kind === "request");
      assert.deepEqual(
        asked.map(({ api, modelId, operation }) => [api, modelId, operation]),
        [
          ["chat-completions", "gpt-4-turbo", "stream"],
          ["openai-models", "", "unary"],
        ],
      );
    }));
});
