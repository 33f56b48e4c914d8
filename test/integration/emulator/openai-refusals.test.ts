import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { complete, type HttpAnswer, question, says, send } from "./openai-caller.ts";

const tool = { type: "function", function: { name: "weather", parameters: { type: "object" } } };
const use = { id: "call_1", type: "function", function: { name: "weather", arguments: "{}" } };
const called = { role: "assistant", tool_calls: [use] };
const result = { role: "tool", tool_call_id: "call_1", content: "sun" };
const json = (schema: object, strict = true) => ({
  response_format: { type: "json_schema", json_schema: { name: "a", schema, strict } },
});
const image = [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }];

/** What is asked, and the status, code and parameter of what comes back. */
type Row = readonly [
  about: string,
  body: object,
  status: number,
  code: string | null,
  param: string | null,
];

const refusals: readonly Row[] = [
  ["an unknown model", { model: "gpt-9" }, 404, "model_not_found", null],
  ["no model", { model: "" }, 400, null, null],
  ["no messages", { messages: undefined }, 400, "missing_required_parameter", "messages"],
  ["empty messages", { messages: [] }, 400, "empty_array", "messages"],
  ["an unknown parameter", { top_k: 5 }, 400, "unknown_parameter", "top_k"],
  [
    "an unknown role",
    { messages: [{ role: "robot", content: "a" }] },
    400,
    "invalid_value",
    "messages[0].role",
  ],
  [
    "a part of an unknown kind",
    says([{ type: "video" }]),
    400,
    "invalid_value",
    "messages[0].content[0].type",
  ],
  ["content that is a number", says(7), 400, "invalid_type", "messages[0].content"],
  [
    "max_tokens of a reasoning model",
    { model: "o3", max_tokens: 5 },
    400,
    "unsupported_parameter",
    "max_tokens",
  ],
  ["both token limits", { max_tokens: 5, max_completion_tokens: 5 }, 400, null, "max_tokens"],
  ["more tokens than the model writes", { max_tokens: 4097 }, 400, null, "max_tokens"],
  [
    "stop of a reasoning model",
    { model: "gpt-5", stop: ["a"] },
    400,
    "unsupported_parameter",
    "stop",
  ],
  [
    "stop of a model that reasons just now",
    { model: "gpt-5.1", stop: "a", reasoning_effort: "low" },
    400,
    "unsupported_parameter",
    "stop",
  ],
  [
    "five stop sequences",
    { stop: ["a", "b", "c", "d", "e"] },
    400,
    "array_above_max_length",
    "stop",
  ],
  [
    "temperature of a reasoning model",
    { model: "o4-mini", temperature: 0.5 },
    400,
    "unsupported_value",
    "temperature",
  ],
  ["a temperature above 2", { temperature: 2.5 }, 400, "decimal_above_max_value", "temperature"],
  ["a temperature in words", { temperature: "hot" }, 400, "invalid_type", "temperature"],
  ["effort of a model that does not reason", { reasoning_effort: "low" }, 400, null, null],
  [
    "an effort that the model does not have",
    { model: "o3", reasoning_effort: "none" },
    400,
    "unsupported_value",
    "reasoning_effort",
  ],
  [
    "tools beside an effort, GPT-5.4",
    { model: "gpt-5.4", tools: [tool], reasoning_effort: "low" },
    400,
    null,
    "reasoning_effort",
  ],
  [
    "tools beside the usual effort, GPT-5.6",
    { model: "gpt-5.6-sol", tools: [tool] },
    400,
    null,
    "reasoning_effort",
  ],
  [
    "a tier that OpenAI does not have",
    { service_tier: "gold" },
    400,
    "invalid_value",
    "service_tier",
  ],
  [
    "an id that is too long",
    { safety_identifier: "u".repeat(65) },
    400,
    "string_above_max_length",
    "safety_identifier",
  ],
  ["two answers", { n: 2 }, 400, null, "n"],
  [
    "stream_options without a stream",
    { stream_options: { include_usage: true } },
    400,
    null,
    "stream_options",
  ],
  ["no tools in a list of tools", { tools: [] }, 400, "empty_array", "tools"],
  ["a choice without tools", { tool_choice: "auto" }, 400, null, "tool_choice"],
  [
    "a choice of another tool",
    { tools: [tool], tool_choice: { type: "function", function: { name: "b" } } },
    400,
    null,
    "tool_choice",
  ],
  [
    "a tool whose name is no name",
    { tools: [{ type: "function", function: { name: "a b" } }] },
    400,
    "invalid_value",
    "tools[0].function.name",
  ],
  ["a result without a use", { messages: [question, result] }, 400, null, "messages[1].role"],
  [
    "a use without a result",
    { messages: [question, called, question] },
    400,
    null,
    "messages[2].role",
  ],
  [
    "a use without a result, at the end",
    { messages: [question, called] },
    400,
    null,
    "messages[2].role",
  ],
  [
    "an assistant that says nothing",
    { messages: [question, { role: "assistant", content: null }] },
    400,
    null,
    "messages[1].content",
  ],
  [
    "a picture to a blind model",
    { model: "gpt-4", ...says(image) },
    400,
    null,
    "messages[0].content[0].type",
  ],
  [
    "a picture that is no data: URL",
    {
      model: "gpt-4o",
      ...says([{ type: "image_url", image_url: { url: "https://example.com/a.png" } }]),
    },
    400,
    "invalid_base64",
    "messages[0].content[0].image_url.url",
  ],
  [
    "a cache breakpoint, before GPT-5.6",
    {
      model: "gpt-4o",
      ...says([{ type: "text", text: "a", prompt_cache_breakpoint: { mode: "explicit" } }]),
    },
    400,
    "unsupported_parameter",
    "messages[0].content[0].prompt_cache_breakpoint",
  ],
  [
    "JSON of a schema, before GPT-4o",
    json({ type: "object" }, false),
    400,
    null,
    "response_format",
  ],
  [
    "a strict schema of an open object",
    { model: "gpt-4o", ...json({ type: "object" }) },
    400,
    null,
    "response_format",
  ],
  [
    "a strict schema with a property that is not required",
    {
      model: "gpt-4o",
      ...json({
        type: "object",
        properties: { a: { type: "string" } },
        required: [],
        additionalProperties: false,
      }),
    },
    400,
    null,
    "response_format",
  ],
  [
    "a schema of a list",
    { model: "gpt-4o", ...json({ type: "array" }, false) },
    400,
    null,
    "response_format",
  ],
  [
    "a prompt beyond the context",
    { model: "gpt-4", ...says("word ".repeat(9000)) },
    400,
    "context_length_exceeded",
    "messages",
  ],
];

const accepted: readonly (readonly [about: string, body: object])[] = [
  ["a dated name", { model: "gpt-4o-2024-08-06" }],
  ["a model for tests", { model: "gpt-emulator-1", max_completion_tokens: 900_000 }],
  ["nulls", { temperature: null, stop: null, tools: null, max_tokens: null, stream_options: null }],
  ["the usual temperature of a reasoning model", { model: "o3", temperature: 1 }],
  ["stop of a model that does not reason just now", { model: "gpt-5.1", stop: ["a"] }],
  ["tools of GPT-5.4, unasked", { model: "gpt-5.4", tools: [tool] }],
  [
    "tools of GPT-5.6, without reasoning",
    { model: "gpt-5.6-sol", tools: [tool], reasoning_effort: "none" },
  ],
  ["a conversation with a tool", { messages: [question, called, result] }],
  ["a developer's message", { messages: [{ role: "developer", content: "Be brief." }, question] }],
  ["a picture", { model: "gpt-4-turbo", ...says(image) }],
  ["an open schema, loosely", { model: "gpt-4o", ...json({ type: "object" }, false) }],
  ["any object", { response_format: { type: "json_object" } }],
  [
    "what changes nothing",
    { store: false, metadata: { a: "b" }, logprobs: false, verbosity: "low" },
  ],
];

describe("what the emulator's OpenAI refuses", () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await createEmulator();
  });
  after(() => emulator.close());

  const assertRefused = ({ status, json: { error } }: HttpAnswer, row: Row) => {
    assert.deepEqual([status, error.code, error.param], row.slice(2), error.message);
    assert.equal(error.type, "invalid_request_error");
    assert.ok(error.message.length > 10);
  };

  for (const row of refusals) {
    it(`${row[0]}, whole and streamed`, async () => {
      assertRefused(await complete(emulator, row[1]), row);
      if (!("stream_options" in row[1])) {
        assertRefused(await complete(emulator, { ...row[1], stream: true }), row);
      }
    });
  }

  for (const [about, body] of accepted) {
    it(`but not ${about}`, async () => {
      const { status, text } = await complete(emulator, body);
      assert.equal(status, 200, text);
    });
  }

  it("a body that is no JSON", async () => {
    for (const body of ["{", "[]", "7"]) {
      const { status, json } = await send(emulator, "/v1/chat/completions", "sk-emulator", body);
      assert.deepEqual([status, json.error.type], [400, "invalid_request_error"]);
    }
  });
});
