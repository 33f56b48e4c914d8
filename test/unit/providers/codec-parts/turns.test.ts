import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type ContentBlockSchema,
  MessageSchema,
  Role,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { turnsOf } from "../../../../server/providers/codec-parts/turns.ts";
import { textBlock } from "../../../fakes/calls.ts";

type Block = MessageInitShape<typeof ContentBlockSchema>;

const turns = (...messages: readonly (readonly [Role, ...Block[]])[]) =>
  turnsOf(messages.map(([role, ...content]) => create(MessageSchema, { role, content }))).map(
    ({ role, blocks }) => [role, ...blocks.map(({ path }) => path)],
  );
const reasoning = (value: object): Block => ({ block: { case: "reasoning", value } });
const unsigned = reasoning({ text: "Hm." });

describe("turnsOf", () => {
  it("joins neighbours of one role, and keeps the path of each block", () => {
    assert.deepEqual(
      turns(
        [Role.USER, textBlock("A"), textBlock("B")],
        [Role.USER, textBlock("C")],
        [Role.ASSISTANT, textBlock("D")],
        [Role.USER, textBlock("E")],
      ),
      [
        ["user", "messages[0].content[0]", "messages[0].content[1]", "messages[1].content[0]"],
        ["assistant", "messages[2].content[0]"],
        ["user", "messages[3].content[0]"],
      ],
    );
  });

  it("leaves out reasoning that nothing proves, and a message that is nothing else", () => {
    assert.deepEqual(
      turns(
        [Role.USER, textBlock("A")],
        [Role.ASSISTANT, unsigned],
        [Role.USER, textBlock("B")],
        [Role.ASSISTANT, unsigned, textBlock("C")],
      ),
      [
        ["user", "messages[0].content[0]", "messages[2].content[0]"],
        ["assistant", "messages[3].content[1]"],
      ],
    );
  });

  it("keeps reasoning that is signed or encrypted", () => {
    const signed = reasoning({ signature: "c2ln" });
    const encrypted = reasoning({ redactedContent: new Uint8Array([1]) });
    assert.deepEqual(turns([Role.ASSISTANT, signed, encrypted]), [
      ["assistant", "messages[0].content[0]", "messages[0].content[1]"],
    ]);
  });
});
