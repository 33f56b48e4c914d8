import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type ContentBlockSchema,
  Role,
} from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import {
  bedrockFamilies,
  chooseCodec,
} from "../../../../../server/providers/bedrock/codecs/choose-codec.ts";
import { sampleRequest, textBlock } from "../../../../fakes/calls.ts";

type Block = MessageInitShape<typeof ContentBlockSchema>;

const document: Block = {
  block: { case: "document", value: { mediaType: "application/pdf" } },
};
const asking = (...content: Block[]) => sampleRequest({ messages: [{ role: Role.USER, content }] });

describe("chooseCodec", () => {
  for (const family of bedrockFamilies) {
    it(`takes ${family}'s own bodies for text`, () => {
      assert.equal(chooseCodec(family, asking(textBlock("Hi."))).family, family);
    });
  }

  it("sends a document for Nova through Converse, also inside a tool's result", () => {
    assert.equal(chooseCodec("nova", asking(textBlock("Read."), document)).family, "converse");
    const result: Block = { block: { case: "toolResult", value: { content: [document] } } };
    assert.equal(chooseCodec("nova", asking(result)).family, "converse");
  });

  it("leaves Claude's documents in Claude's own bodies", () => {
    assert.equal(chooseCodec("anthropic", asking(document)).family, "anthropic");
  });
});
