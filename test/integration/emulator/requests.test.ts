import assert from "node:assert/strict";
import { test } from "node:test";
import {
  anthropicBody,
  createAsker,
  franceAnswer,
  franceQuestion,
  overBoth,
  sonnet,
  unlimited,
  wholeText,
  withEmulator,
} from "./fixture.ts";

const profileArn = `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${sonnet}`;

for (const modelId of [
  sonnet,
  `us.${sonnet}`,
  `us-gov.${sonnet}`,
  "anthropic.claude-opus-4-6-v1",
  profileArn,
]) {
  test(`the model is found behind ${modelId}`, () =>
    overBoth({}, async ({ journal }, asker) => {
      assert.equal(wholeText(await asker.whole({ modelId })), franceAnswer);
      assert.equal(journal.entries[0]?.modelId, modelId);
    }));
}

for (const modelId of ["claude", "meta.llama9-1b-v1:0", "us.", "anthropic.", "constructor"]) {
  test(`"${modelId}" is not a model`, () =>
    withEmulator({}, async (emulator) => {
      using asker = createAsker(emulator, "2");
      await assert.rejects(asker.whole({ modelId }), {
        name: "ValidationException",
        message: "The provided model identifier is invalid.",
      });
    }));
}

const keyed = { bearerTokens: ["key"] };

async function post(url: string, path: string, body: string | Buffer) {
  const reply = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { authorization: "Bearer key" },
    body: new Uint8Array(Buffer.from(body)),
  });
  const type = reply.headers.get("x-amzn-errortype")?.split(":")[0];
  return { status: reply.status, type, json: await reply.json() };
}

test("a model id may have its colon raw or encoded, and an empty one is invalid", () =>
  withEmulator(keyed, async ({ url }) => {
    const body = JSON.stringify(anthropicBody(franceQuestion));
    for (const label of [sonnet, encodeURIComponent(sonnet)]) {
      assert.equal((await post(url, `/model/${label}/invoke`, body)).status, 200);
    }
    for (const label of ["", "%zz"]) {
      const reply = await post(url, `/model/${label}/invoke`, body);
      assert.equal(reply.json.message, "The provided model identifier is invalid.");
    }
  }));

test("paths that AWS does not have are unknown operations", () =>
  withEmulator(keyed, async ({ url }) => {
    for (const path of ["/", "/model/x", "/model/x/constructor", "/model/x/invoke/more"]) {
      const { status, type } = await post(url, path, "{}");
      assert.deepEqual([status, type], [404, "UnknownOperationException"]);
    }
  }));

test("a body that is not JSON, or too big, is a ValidationException", () =>
  withEmulator(keyed, async ({ url }) => {
    const path = `/model/${sonnet}/invoke`;
    const broken = await post(url, path, '{"messages":');
    assert.equal(
      broken.json.message,
      "Malformed input request, please reformat your input and try again.",
    );
    const big = await post(url, path, Buffer.alloc(20 * 1024 * 1024 + 1));
    assert.deepEqual(
      [big.status, big.type, big.json.message],
      [400, "ValidationException", "Input is too long for requested model."],
    );
  }));

const messages = (...list: unknown[]) => anthropicBody("", { messages: list });
const refusals: readonly (readonly [body: object, message: RegExp])[] = [
  [
    {},
    /^Malformed input request: #: required key \[anthropic_version\] not found#: required key \[max_tokens\] not found#: required key \[messages\] not found, please/,
  ],
  [
    anthropicBody("x", { model: "m", stream: true }),
    /#: extraneous key \[model\] is not permitted#: extraneous key \[stream\] is not permitted/,
  ],
  [anthropicBody("x", { anthropic_version: "2023-06-01" }), /anthropic_version/],
  [anthropicBody("x", { max_tokens: 0 }), /max_tokens: 0 is not greater or equal to 1/],
  [
    anthropicBody("x", { max_tokens: 4_097 }),
    /^The maximum tokens you requested exceed the model limit of 4096\. Try again/,
  ],
  [anthropicBody("x", { temperature: 1.1 }), /temperature: 1.1 is not less or equal to 1/],
  [anthropicBody("x", { temperature: -1 }), /temperature: -1 is not greater or equal to 0/],
  [anthropicBody("x", { stop_sequences: [" "] }), /stop sequence must contain non-whitespace/],
  [anthropicBody(""), /must be non-empty/],
  [messages(), /at least one message/],
  [messages({ role: "assistant", content: "x" }), /first message must use the "user" role/],
  [messages({ role: "system", content: "x" }), /Input should be 'user' or 'assistant'/],
  [messages({ role: "user", content: [] }), /at least one content block/],
  [
    messages({ role: "user", content: "x" }, { role: "assistant", content: "y " }),
    /trailing whitespace/,
  ],
];

for (const [body, message] of refusals) {
  test(`refused: ${message.source.slice(0, 70)}`, () =>
    withEmulator({}, async (emulator) => {
      using asker = createAsker(emulator, "1.1");
      await assert.rejects(asker.whole({ body }), { name: "ValidationException", message });
      await assert.rejects(asker.stream({ body }).next(), { name: "ValidationException", message });
    }));
}

test("neighbouring messages of one role are allowed", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "2");
    const body = messages(
      { role: "user", content: "Hi." },
      { role: "user", content: "Count to 2" },
    );
    assert.equal(wholeText(await asker.whole({ body })), "1 2");
  }));

test("the latest requests are kept exactly as they arrived", () =>
  overBoth({ requestLimit: 2 }, async ({ requests }, asker, protocol) => {
    for (const text of ["one", "two", "three"]) await asker.whole({ text, modelId: unlimited });
    assert.deepEqual(
      requests.map(({ callId }) => callId),
      ["call-2", "call-3"],
    );
    const last = requests.at(-1);
    assert.equal(last?.httpVersion, protocol);
    assert.equal(last?.path, "/model/anthropic.claude-emulator-v1%3A0/invoke");
    assert.equal(last?.headers["content-type"], "application/json");
    assert.equal(last?.body.toString(), JSON.stringify(anthropicBody("three")));
  }));
