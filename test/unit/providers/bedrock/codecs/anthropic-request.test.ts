import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  type CompleteRequestSchema,
  type ContentBlockSchema,
  Role,
} from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { encodeAnthropic } from "../../../../../server/providers/bedrock/codecs/anthropic-request.ts";
import { sampleEndpoint, sampleRequest, textBlock } from "../../../../fakes/calls.ts";
import { refusalOf } from "../../../../fakes/outcomes.ts";

type Request = MessageInitShape<typeof CompleteRequestSchema>;
type Block = MessageInitShape<typeof ContentBlockSchema>;

const encoded = (request: Request = {}, endpoint = sampleEndpoint()) =>
  JSON.parse(encodeAnthropic(sampleRequest(request), endpoint));
const contentOf = (...content: Block[]) =>
  encoded({ messages: [{ role: Role.USER, content }] }).messages[0].content;
const cachePoint = (seconds?: bigint): Block => ({
  block: { case: "cachePoint", value: seconds === undefined ? {} : { ttl: { seconds } } },
});
const documentBlock = (mediaType: string, content = Buffer.from("Hi.")): Block => ({
  block: { case: "document", value: { mediaType, content, name: "notes" } },
});
const weather = { name: "weather" };

async function assertRefused(field: string, request: Request): Promise<void> {
  const error = await refusalOf(() => encoded(request));
  assert.equal(error.code, Code.InvalidArgument);
  assert.deepEqual(
    error.violations.map((violation) => violation.field),
    [field],
  );
}

describe("encodeAnthropic", () => {
  it("writes a question, and neither model nor stream, which Bedrock refuses", () => {
    const content = [{ type: "text", text: "What is the capital of France?" }];
    assert.equal(
      encodeAnthropic(sampleRequest(), sampleEndpoint()),
      JSON.stringify({
        anthropic_version: "bedrock-2023-05-31",
        max_tokens: 4096,
        messages: [{ role: "user", content }],
      }),
    );
  });

  it("writes each text exactly as it is", () => {
    const odd = ' \u0000"\\\n🙂 ';
    assert.deepEqual(contentOf(textBlock(odd)), [{ type: "text", text: odd }]);
  });

  it("takes a wish for plain text", () => {
    const responseFormat = { format: { case: "text", value: {} } } as const;
    assert.deepEqual(encoded({ responseFormat }), encoded());
  });

  it("carries a last message of the assistant, which the model then continues", () => {
    const messages = [
      { role: Role.USER, content: [textBlock("Count.")] },
      { role: Role.ASSISTANT, content: [textBlock("One, two,")] },
    ];
    assert.deepEqual(encoded({ messages }).messages.at(-1), {
      role: "assistant",
      content: [{ type: "text", text: "One, two," }],
    });
  });

  for (const mediaType of ["text/plain", "text/markdown", "text/csv", "text/html"]) {
    it(`gives a document of ${mediaType} as plain text`, () => {
      assert.deepEqual(contentOf(documentBlock(mediaType)), [
        {
          type: "document",
          source: { type: "text", media_type: "text/plain", data: "Hi." },
          title: "notes",
        },
      ]);
    });
  }

  it("refuses a document that Claude cannot read, and a text that is none", async () => {
    const path = "messages[0].content[0].document";
    const asking = (content: Block) => ({ messages: [{ role: Role.USER, content: [content] }] });
    await assertRefused(`${path}.media_type`, asking(documentBlock("application/zip")));
    const latin1 = documentBlock("text/plain", Buffer.from([0x47, 0xfc]));
    await assertRefused(`${path}.content`, asking(latin1));
  });

  it("names the place of a document inside a tool result", async () => {
    const result: Block = {
      block: {
        case: "toolResult",
        value: { toolUseId: "toolu_1", content: [documentBlock("application/zip")] },
      },
    };
    await assertRefused("messages[0].content[0].tool_result.content[0].document.media_type", {
      messages: [{ role: Role.USER, content: [result] }],
    });
  });
});

describe("the tools of encodeAnthropic", () => {
  for (const [toolChoice, written] of [
    [{ case: "auto", value: {} }, { type: "auto" }],
    [{ case: "any", value: {} }, { type: "any" }],
    [{ case: "none", value: {} }, { type: "none" }],
    [
      { case: "toolName", value: "weather" },
      { type: "tool", name: "weather" },
    ],
  ] as const) {
    it(`writes the choice ${toolChoice.case}`, () => {
      const body = encoded({ tools: [weather], toolChoice: { choice: toolChoice } });
      assert.deepEqual(body.tool_choice, written);
    });
  }

  it("leaves the choice to the model where nobody says, and where there is nothing to choose", () => {
    assert.equal(encoded({ tools: [weather] }).tool_choice, undefined);
    const body = encoded({ toolChoice: { choice: { case: "none", value: {} } } });
    assert.deepEqual([body.tools, body.tool_choice], [undefined, undefined]);
  });
});

describe("the cache marks of encodeAnthropic", () => {
  it("stand on the block before a cache point, for an hour only where that is asked for", () => {
    const content = contentOf(textBlock("A"), cachePoint(3600n), textBlock("B"), cachePoint(300n));
    assert.deepEqual(content, [
      { type: "text", text: "A", cache_control: { type: "ephemeral", ttl: "1h" } },
      { type: "text", text: "B", cache_control: { type: "ephemeral" } },
    ]);
  });

  it("for the system go to the last tool where there is no system", () => {
    const { tools, system } = encoded({ systemCachePoint: {}, tools: [weather, { name: "now" }] });
    const schema = { type: "object" };
    assert.deepEqual(tools, [
      { name: "weather", input_schema: schema },
      { name: "now", input_schema: schema, cache_control: { type: "ephemeral" } },
    ]);
    assert.equal(system, undefined);
  });

  const reasoning: Block = { block: { case: "reasoning", value: { signature: "c2ln" } } };
  const messages = (role: Role, ...content: Block[]): Request => ({
    messages: [{ role, content }],
  });
  const at = (index: number) => `messages[0].content[${index}].cache_point`;
  for (const [about, field, request] of [
    ["before any block", at(0), messages(Role.USER, cachePoint(), textBlock("A"))],
    ["twice on one block", at(2), messages(Role.USER, textBlock("A"), cachePoint(), cachePoint())],
    ["on reasoning", at(1), messages(Role.ASSISTANT, reasoning, cachePoint())],
    ["for ten minutes", `${at(1)}.ttl`, messages(Role.USER, textBlock("A"), cachePoint(600n))],
    ["on nothing at all", "system_cache_point", { systemCachePoint: {} }],
  ] as const) {
    it(`are refused ${about}`, () => assertRefused(field, request));
  }
});
