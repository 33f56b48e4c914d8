import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Role } from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { textTurns } from "../../../../../server/providers/bedrock/codecs/text-turns.ts";
import { sampleRequest, textBlock } from "../../../../fakes/calls.ts";

const message = (role: Role, ...texts: readonly string[]) => ({
  role,
  content: texts.map(textBlock),
});
const turns = (...messages: readonly ReturnType<typeof message>[]) =>
  textTurns(sampleRequest({ messages: [...messages] })).map(({ role, text }) => [role, text]);

describe("textTurns", () => {
  it("keeps turns that alternate as they are, white space too", () => {
    const found = turns(
      message(Role.USER, " One?\n"),
      message(Role.ASSISTANT, "Two."),
      message(Role.USER, "Three?"),
    );
    assert.deepEqual(found, [
      ["user", " One?\n"],
      ["assistant", "Two."],
      ["user", "Three?"],
    ]);
  });

  it("makes paragraphs of blocks", () => {
    assert.deepEqual(turns(message(Role.USER, "Read this:", "A text.")), [
      ["user", "Read this:\n\nA text."],
    ]);
  });

  it("makes one turn of neighbours in one role", () => {
    const found = turns(
      message(Role.USER, "One?"),
      message(Role.USER, "Or two?"),
      message(Role.ASSISTANT, "Two."),
      message(Role.ASSISTANT, "Surely."),
      message(Role.USER, "Three?"),
    );
    assert.deepEqual(found, [
      ["user", "One?\n\nOr two?"],
      ["assistant", "Two.\n\nSurely."],
      ["user", "Three?"],
    ]);
  });
});
