import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  type CompleteRequestSchema,
  type ContentBlockSchema,
  Role,
} from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../../../gen/axonflow/gateway/v1/error_pb.ts";
import { encodeAnthropic } from "../../../../../server/providers/bedrock/codecs/anthropic-request.ts";
import { sampleEndpoint, sampleRequest, textBlock } from "../../../../fakes/calls.ts";
import { refusalOf } from "../../../../fakes/outcomes.ts";

type Request = MessageInitShape<typeof CompleteRequestSchema>;

const encoded = (request: Request = {}, endpoint = sampleEndpoint()) =>
  JSON.parse(encodeAnthropic(sampleRequest(request), endpoint));

const question = {
  role: "user",
  content: [{ type: "text", text: "What is the capital of France?" }],
};

describe("encodeAnthropic", () => {
  it("writes a question, and neither model nor stream, which Bedrock refuses", () => {
    assert.equal(
      encodeAnthropic(sampleRequest(), sampleEndpoint()),
      JSON.stringify({
        anthropic_version: "bedrock-2023-05-31",
        max_tokens: 4096,
        messages: [question],
      }),
    );
  });

  it("writes turns and blocks in order, each text exactly as it is", () => {
    const odd = ' \u0000"\\\n🙂 ';
    const messages = [
      { role: Role.USER, content: [textBlock("One?"), textBlock(odd)] },
      { role: Role.ASSISTANT, content: [textBlock("Two.")] },
      { role: Role.USER, content: [textBlock("Three?")] },
    ];
    const text = (value: string) => ({ type: "text", text: value });
    assert.deepEqual(encoded({ messages }).messages, [
      { role: "user", content: [text("One?"), text(odd)] },
      { role: "assistant", content: [text("Two.")] },
      { role: "user", content: [text("Three?")] },
    ]);
  });

  it("writes everything that was asked for, zero included", () => {
    const body = encoded({
      system: "Be brief.",
      maxTokens: 100,
      temperature: 0,
      topP: 0.9,
      topK: 40,
      stopSequences: ["END", "\n\n"],
    });
    assert.deepEqual(body, {
      anthropic_version: "bedrock-2023-05-31",
      max_tokens: 100,
      messages: [question],
      system: "Be brief.",
      temperature: 0,
      top_p: 0.9,
      top_k: 40,
      stop_sequences: ["END", "\n\n"],
    });
  });

  for (const [maxOutputTokens, written] of [
    [undefined, 4096],
    [8192, 4096],
    [1024, 1024],
  ] as const) {
    it(`asks for ${written} tokens where nobody says and the limit is ${maxOutputTokens}`, () => {
      assert.equal(encoded({}, sampleEndpoint({ maxOutputTokens })).max_tokens, written);
    });
  }

  it("lets the most be asked for, and more where no limit is known", () => {
    assert.equal(encoded({ maxTokens: 4096 }).max_tokens, 4096);
    const unlimited = sampleEndpoint({ maxOutputTokens: undefined });
    assert.equal(encoded({ maxTokens: 64_000 }, unlimited).max_tokens, 64_000);
  });

  for (const [request, field] of [
    [{ temperature: 1.01 }, "temperature"],
    [{ seed: 0n }, "seed"],
    [{ maxTokens: 4097 }, "max_tokens"],
  ] as const) {
    it(`refuses ${field} out of Claude's range`, async () => {
      const error = await refusalOf(() => encoded(request));
      assert.equal(error.code, Code.InvalidArgument);
      assert.deepEqual(
        error.violations.map((violation) => violation.field),
        [field],
      );
    });
  }

  it("takes a temperature of 1", () => assert.equal(encoded({ temperature: 1 }).temperature, 1));

  it("names everything that is out of range at once", async () => {
    const error = await refusalOf(() => encoded({ temperature: 2, seed: 1n, maxTokens: 9999 }));
    assert.equal(error.violations.length, 3);
  });

  const blocks: readonly (readonly [string, MessageInitShape<typeof ContentBlockSchema>])[] = [
    ["image", { block: { case: "image", value: { mediaType: "image/png" } } }],
    ["document", { block: { case: "document", value: {} } }],
    ["tool_use", { block: { case: "toolUse", value: { name: "weather" } } }],
    ["tool_result", { block: { case: "toolResult", value: {} } }],
    ["reasoning", { block: { case: "reasoning", value: { text: "Hm." } } }],
    ["cache_point", { block: { case: "cachePoint", value: {} } }],
  ];
  const unserved: readonly (readonly [field: string, request: Request])[] = [
    ["tools", { tools: [{ name: "weather" }] }],
    ["tool_choice", { toolChoice: { choice: { case: "auto", value: {} } } }],
    [
      "response_format.json_schema",
      { responseFormat: { format: { case: "jsonSchema", value: { name: "answer" } } } },
    ],
    ...blocks.map(([name, block]): readonly [string, Request] => [
      `messages[0].content[1].${name}`,
      { messages: [{ role: Role.USER, content: [textBlock("Look:"), block] }] },
    ]),
  ];
  for (const [field, request] of unserved) {
    it(`says that it does not serve ${field}, rather than leaving it out`, async () => {
      const error = await refusalOf(() => encoded(request));
      assert.equal(error.code, Code.Unimplemented);
      assert.equal(error.reason, ErrorReason.NOT_SUPPORTED);
      assert.equal(error.metadata.field, field);
    });
  }

  it("takes a wish for plain text", () => {
    const responseFormat = { format: { case: "text", value: {} } } as const;
    assert.deepEqual(encoded({ responseFormat }), encoded());
  });
});
