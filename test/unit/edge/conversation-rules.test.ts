import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  CompleteRequestSchema,
  type ContentBlockSchema,
  Role,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { conversationViolations } from "../../../server/edge/conversation-rules.ts";
import { textBlock } from "../../fakes/calls.ts";

type Block = NonNullable<MessageInitShape<typeof ContentBlockSchema>["block"]>;

const bytes = new Uint8Array([1, 2, 3]);
const image: Block = { case: "image", value: { content: bytes, mediaType: "image/png" } };
const document: Block = {
  case: "document",
  value: { content: bytes, mediaType: "application/pdf" },
};
const toolUse: Block = { case: "toolUse", value: { id: "use-1", name: "weather" } };
const result = (content: readonly Block[] = [], toolUseId = "use-1"): Block => ({
  case: "toolResult",
  value: { toolUseId, content: content.map((block) => ({ block })) },
});
const text: Block = textBlock("Hi.").block ?? { case: undefined };

/** A conversation in which the model asks for a tool, and then these blocks of the user. */
const afterToolUse = (...blocks: readonly Block[]) => ({
  messages: [
    { role: Role.USER, content: [textBlock("Weather?")] },
    { role: Role.ASSISTANT, content: [{ block: toolUse }] },
    { role: Role.USER, content: blocks.map((block) => ({ block })) },
  ],
});

const first = "messages[2].content[0]";
const cases: readonly (readonly [name: string, blocks: readonly Block[], field?: string])[] = [
  ["an image", [image]],
  ["a document", [document]],
  ["a tool's result", [result()]],
  ["a result of text, image and document", [result([text, image, document]), text]],
  ["a cache point", [text, { case: "cachePoint", value: {} }]],
  [
    "an image of no bytes",
    [{ case: "image", value: { mediaType: "image/png" } }],
    `${first}.image.content`,
  ],
  [
    "a picture of another kind",
    [{ case: "image", value: { content: bytes, mediaType: "image/tiff" } }],
    `${first}.image.media_type`,
  ],
  [
    "a document of no bytes",
    [{ case: "document", value: { mediaType: "text/plain" } }],
    `${first}.document.content`,
  ],
  [
    "a document of no type",
    [{ case: "document", value: { content: bytes } }],
    `${first}.document.media_type`,
  ],
  ["a result of nothing that was asked", [result([], "use-2")], `${first}.tool_result.tool_use_id`],
  ["a result in a result", [result([result()])], `${first}.tool_result.content[0]`],
  [
    "an empty text in a result",
    [result([{ case: "text", value: { text: " " } }])],
    `${first}.tool_result.content[0].text`,
  ],
  ["a tool use of the user", [toolUse], first],
  ["the user's reasoning", [{ case: "reasoning", value: { text: "Hm." } }], first],
  [
    "a cache point of a day",
    [text, { case: "cachePoint", value: { ttl: { seconds: 86_400n } } }],
    "messages[2].content[1].cache_point.ttl",
  ],
];

describe("a conversation of more than text", () => {
  const fieldsOf = (request: MessageInitShape<typeof CompleteRequestSchema>) =>
    conversationViolations(create(CompleteRequestSchema, request)).map(({ field }) => field);
  for (const [name, blocks, field] of cases) {
    it(`may ${field ? "not " : ""}hold ${name}`, () => {
      assert.deepEqual(fieldsOf(afterToolUse(...blocks)), field ? [field] : []);
    });
  }

  for (const [name, block] of [
    ["an image", image],
    ["a document", document],
    ["a tool's result", result()],
  ] as const) {
    it(`may not hold ${name} of the model`, () => {
      const content = [{ block: toolUse }, { block }];
      const messages = [
        { role: Role.USER, content: [textBlock("Hi.")] },
        { role: Role.ASSISTANT, content },
        { role: Role.USER, content: [textBlock("Go on.")] },
      ];
      assert.deepEqual(fieldsOf({ messages }), ["messages[1].content[1]"]);
    });
  }

  it("names the tool use that has no id and no name", () => {
    const messages = [
      { role: Role.USER, content: [textBlock("Hi.")] },
      { role: Role.ASSISTANT, content: [{ block: { case: "toolUse", value: {} } as const }] },
      { role: Role.USER, content: [textBlock("Go on.")] },
    ];
    const use = "messages[1].content[0].tool_use";
    assert.deepEqual(fieldsOf({ messages }), [`${use}.id`, `${use}.name`]);
  });
});
