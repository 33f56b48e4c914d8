import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  CompleteRequestSchema,
  type MessageSchema,
  Role,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { GatewayError } from "../../../server/core/error.ts";
import { normalizeRequest } from "../../../server/edge/normalize-request.ts";
import { textBlock } from "../../fakes/calls.ts";
import { refusalOf } from "../../fakes/outcomes.ts";

type Request = MessageInitShape<typeof CompleteRequestSchema>;
type Turn = MessageInitShape<typeof MessageSchema>;

const normalized = (request: Request) => normalizeRequest(create(CompleteRequestSchema, request));
const turn = (role: Role, text = "Hi."): Turn => ({ role, content: [textBlock(text)] });
const user = turn(Role.USER);
const model = turn(Role.ASSISTANT);
const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const tags = (...pairs: [string, string][]) => ({ tags: Object.fromEntries(pairs) });
const tools = (...names: string[]) => ({ tools: names.map((name) => ({ name })) });

/** Both ends of every range that the contract states, beside a prompt. */
const accepted: readonly (readonly [name: string, request: Request])[] = [
  ["max_tokens 1", { maxTokens: 1 }],
  ["max_tokens at the top of its type", { maxTokens: 2 ** 31 - 1 }],
  ["temperature 0", { temperature: 0 }],
  ["temperature 2", { temperature: 2 }],
  ["top_p just above 0", { topP: Number.MIN_VALUE }],
  ["top_p 1", { topP: 1 }],
  ["top_k 1", { topK: 1 }],
  ["top_k 500", { topK: 500 }],
  ["seed 0", { seed: 0n }],
  ["16 stop sequences", { stopSequences: many(16, String) }],
  ["a stop sequence of 1 character", { stopSequences: ["."] }],
  ["a stop sequence of 256 characters", { stopSequences: ["x".repeat(256)] }],
  ["32 tags", tags(...many(32, (index): [string, string] => [`k${index}`, "v"]))],
  ["a tag key of 63 characters", tags(["x".repeat(63), "v"])],
  ["a tag key of all its kinds of characters", tags(["a0_.-", ""])],
  ["a tag value of 256 characters", tags(["k", "x".repeat(256)])],
  ["128 tools", tools(...many(128, (index) => `t${index}`))],
  ["a tool name of 64 characters", tools(`${"x".repeat(60)}A0_-`)],
  ["a model of 2048 characters", { model: "x".repeat(2048) }],
  ["a user of 256 characters", { user: "x".repeat(256) }],
  ["a conversation of 256 characters", { conversationId: "x".repeat(256) }],
];

/** One step beyond, and the field that is named. */
const refused: readonly (readonly [name: string, request: Request, field: string])[] = [
  ["max_tokens 0", { maxTokens: 0 }, "max_tokens"],
  ["max_tokens below 0", { maxTokens: -1 }, "max_tokens"],
  ["temperature below 0", { temperature: -0.01 }, "temperature"],
  ["temperature above 2", { temperature: 2.01 }, "temperature"],
  ["temperature that is no number", { temperature: Number.NaN }, "temperature"],
  ["top_p 0", { topP: 0 }, "top_p"],
  ["top_p above 1", { topP: 1.01 }, "top_p"],
  ["top_p that is no number", { topP: Number.NaN }, "top_p"],
  ["top_k 0", { topK: 0 }, "top_k"],
  ["top_k 501", { topK: 501 }, "top_k"],
  ["a tool choice of no kind", { toolChoice: {} }, "tool_choice"],
  ["a response format of no kind", { responseFormat: {} }, "response_format"],
  ["17 stop sequences", { stopSequences: many(17, String) }, "stop_sequences"],
  ["an empty stop sequence", { stopSequences: ["a", ""] }, "stop_sequences[1]"],
  ["a stop sequence of white space", { stopSequences: [" \n"] }, "stop_sequences[0]"],
  ["a stop sequence of 257 emoji", { stopSequences: ["🦀".repeat(257)] }, "stop_sequences[0]"],
  ["a stop sequence of 257", { stopSequences: ["x".repeat(257)] }, "stop_sequences[0]"],
  ["33 tags", tags(...many(33, (index): [string, string] => [`k${index}`, "v"])), "tags"],
  ["an empty tag key", tags(["", "v"]), "tags"],
  ["a tag key of 64 characters", tags(["x".repeat(64), "v"]), "tags"],
  ["a tag key in capitals", tags(["Team", "v"]), "tags"],
  ["a tag value of 257 characters", tags(["k", "x".repeat(257)]), "tags"],
  ["129 tools", tools(...many(129, (index) => `t${index}`)), "tools"],
  ["a tool without a name", tools(""), "tools[0].name"],
  ["a tool name of 65 characters", tools("x".repeat(65)), "tools[0].name"],
  ["a tool name with a space", tools("a", "b c"), "tools[1].name"],
  ["two tools of one name", tools("a", "a"), "tools"],
  ["a model of 2049 characters", { model: "x".repeat(2049) }, "model"],
  ["a provider of 65 characters", { provider: "x".repeat(65) }, "provider"],
  ["a user of 257 characters", { user: "x".repeat(257) }, "user"],
  ["a conversation of 257", { conversationId: "x".repeat(257) }, "conversation_id"],
];

const conversations: readonly (readonly [name: string, request: Request, field?: string])[] = [
  ["a prompt", { prompt: "Hi." }],
  ["one message", { messages: [user] }],
  ["turns", { messages: [user, model, user] }],
  ["10,000 messages", { messages: many(10_000, () => user) }],
  ["neither prompt nor messages", {}, "prompt"],
  ["both", { prompt: "Hi.", messages: [user] }, "prompt"],
  ["a prompt of white space", { prompt: " \n\t" }, "prompt"],
  ["10,001 messages", { messages: many(10_001, () => user) }, "messages"],
  ["a model that begins", { messages: [model, user] }, "messages[0].role"],
  ["a model that ends", { messages: [user, model] }, "messages[1].role"],
  ["nobody who speaks", { messages: [turn(Role.UNSPECIFIED)] }, "messages[0].role"],
  ["a role from the future", { messages: [turn(99 as Role)] }, "messages[0].role"],
  ["a message without blocks", { messages: [{ role: Role.USER }] }, "messages[0].content"],
  [
    "a block of no kind",
    { messages: [{ role: Role.USER, content: [{}] }] },
    "messages[0].content[0]",
  ],
  [
    "an empty text",
    { messages: [user, model, turn(Role.USER, "")] },
    "messages[2].content[0].text",
  ],
];

async function assertRefused(request: Request, field: string): Promise<void> {
  const error = await refusalOf(() => normalized(request));
  assert.equal(error.code, Code.InvalidArgument);
  assert.deepEqual(
    error.violations.map((violation) => violation.field),
    [field],
  );
  assert.ok(error.violations.every(({ description }) => description.length > 5));
}

describe("normalizeRequest", () => {
  for (const [name, request] of accepted) {
    it(`takes ${name}`, () => void normalized({ prompt: "Hi.", ...request }));
  }
  for (const [name, request, field] of refused) {
    it(`refuses ${name}`, () => assertRefused({ prompt: "Hi.", ...request }, field));
  }
  for (const [name, request, field] of conversations) {
    it(`${field ? "refuses" : "takes"} ${name}`, async () => {
      if (field) await assertRefused(request, field);
      else normalized(request);
    });
  }

  it("turns a prompt into the one message of the user, and leaves the caller's request alone", () => {
    const request = create(CompleteRequestSchema, { prompt: "Hi.", maxTokens: 5 });
    const { prompt, messages, maxTokens } = normalizeRequest(request);
    assert.equal(prompt, "");
    assert.deepEqual(messages, normalized({ messages: [user] }).messages);
    assert.equal(maxTokens, 5);
    assert.equal(request.prompt, "Hi.");
    assert.deepEqual(request.messages, []);
  });

  it("names everything that is wrong at once", async () => {
    const error = await refusalOf(() =>
      normalized({ maxTokens: 0, topK: 0, user: "x".repeat(999) }),
    );
    const fields = error.violations.map(({ field }) => field);
    assert.deepEqual(fields, ["prompt", "max_tokens", "top_k", "user"]);
  });

  it("names at most 20 things", async () => {
    const messages = many(1000, () => ({ role: Role.UNSPECIFIED }));
    assert.equal((await refusalOf(() => normalized({ messages }))).violations.length, 20);
  });

  it("never repeats what stood in a field", () => {
    const secret = "4111-1111-1111-1111 ".repeat(30);
    const wrong = { user: secret, stopSequences: [secret], model: secret.repeat(9) };
    assert.throws(
      () => normalized({ ...wrong, ...tags([secret, secret]), ...tools(secret) }),
      (error) => error instanceof GatewayError && !error.message.includes("4111"),
    );
  });
});
