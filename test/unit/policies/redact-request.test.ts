import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import {
  Direction,
  RedactionAction,
  Role,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { CompletionEvent } from "../../../server/core/reply.ts";
import { sampleCall, sampleRequest, textBlock } from "../../fakes/calls.ts";
import { wordOf } from "../../fakes/completion-events.ts";
import { readAll, refusalOf } from "../../fakes/outcomes.ts";
import { asks, type Model, type Rules, redacting, says } from "../../fakes/personal-data.ts";

const everything: Rules = { EMAIL: "redact", SSN: "redact" };

/** What the model sees of a request, as one text. */
async function seenOf(rules: Rules, request: Parameters<typeof sampleRequest>[0]) {
  const layers = redacting(rules, says("ok"));
  await layers.handle(sampleCall({ request: sampleRequest(request) }));
  const [call] = layers.seen;
  assert.ok(call);
  return call.request;
}

const textOf = (events: readonly CompletionEvent[]) =>
  events
    .filter(({ case: kind }) => kind === "delta")
    .map(wordOf)
    .join("");

async function answerOf(rules: Rules, model: Model, prompt: string) {
  const layers = redacting(rules, model);
  const reply = await layers.handle(sampleCall({ request: asks(prompt) }));
  return { text: textOf(await readAll(reply.events)), layers };
}

describe("the policies of a request", () => {
  it("leave a call alone that none is about, and its answer the very object it was", async () => {
    const layers = redacting(undefined, says("to a@b"));
    const call = sampleCall({ request: asks("to a@b") });
    const reply = await layers.handle(call);
    assert.equal(layers.seen[0]?.request, call.request);
    assert.ok("reads" in reply.events, "the events are the model's own");
    assert.deepEqual(layers.sightings, []);
  });

  it("leave an answer the very object it was when nothing was found and nothing is looked for in it", async () => {
    const layers = redacting({ EMAIL: ["redact", "request"] }, says("to a@b"));
    const reply = await layers.handle(sampleCall({ request: asks("nothing") }));
    assert.ok("reads" in reply.events);
  });

  it("redact every text of it", async () => {
    const mail = "a@b";
    const schema = { type: "object", description: mail, maximum: 123456789, enum: [mail] };
    const seen = await seenOf(everything, {
      system: mail,
      stopSequences: [mail, "end"],
      tools: [{ name: "send", description: mail, inputSchema: schema }],
      responseFormat: { format: { case: "jsonSchema", value: { name: "n", schema } } },
      tags: { team: mail },
      user: mail,
      conversationId: mail,
      messages: [
        {
          role: Role.USER,
          content: [
            textBlock(`to ${mail}`),
            {
              block: {
                case: "document",
                value: { content: Buffer.from(mail), mediaType: "text/plain", name: mail },
              },
            },
          ],
        },
        {
          role: Role.ASSISTANT,
          content: [
            {
              block: {
                case: "toolUse",
                value: { id: mail, name: "send", input: { to: mail, ssn: 123456789, n: 5 } },
              },
            },
          ],
        },
        {
          role: Role.USER,
          content: [
            {
              block: {
                case: "toolResult",
                value: { toolUseId: mail, content: [textBlock(`sent to ${mail}`)] },
              },
            },
          ],
        },
      ],
    });
    const document = seen.messages[0]?.content[1]?.block;
    assert.ok(document?.case === "document");
    assert.equal(Buffer.from(document.value.content).toString(), "[EMAIL]");
    assert.equal(document.value.name, "[EMAIL]");
    const said = JSON.stringify({ ...seen, messages: seen.messages.slice(1) });
    assert.ok(!said.includes(mail), said);
    assert.deepEqual(seen.stopSequences, ["[EMAIL]", "end"]);
    assert.equal(seen.tools[0]?.inputSchema?.maximum, 123456789);
    const use = seen.messages[1]?.content[0]?.block;
    const result = seen.messages[2]?.content[0]?.block;
    assert.ok(use?.case === "toolUse" && result?.case === "toolResult");
    assert.deepEqual(use.value.input, { to: "[EMAIL]", ssn: "[SSN]", n: 5 });
    assert.match(use.value.id, /^id[a-z]{16}$/);
    assert.equal(result.value.toolUseId, use.value.id, "the ids still belong together");
  });

  for (const [encoding, content] of [
    ["UTF-16 with its mark", Buffer.from("\ufeffto a@b", "utf16le")],
    ["UTF-16 without", Buffer.from("to a@b ", "utf16le")],
    ["big-endian UTF-16", Buffer.from("\ufeffto a@b", "utf16le").swap16()],
    ["Latin-1", Buffer.from("für a@b ", "latin1")],
  ] as const) {
    it(`find what stands in a document in ${encoding}`, async () => {
      const block = { case: "document", value: { content, mediaType: "text/csv" } } as const;
      const seen = await seenOf(everything, {
        messages: [{ role: Role.USER, content: [{ block }] }],
      });
      const found = seen.messages[0]?.content[0]?.block;
      assert.ok(found?.case === "document");
      assert.match(Buffer.from(found.value.content).toString("utf8"), /\[EMAIL\]/);
    });
  }

  it("leave documents that are no text, and texts without a finding, byte for byte", async () => {
    for (const [mediaType, text] of [
      ["application/pdf", "a@b"],
      ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a@b"],
      ["text/plain", "für"],
    ] as const) {
      const content = Buffer.from(text, "latin1");
      const block = { case: "document", value: { content, mediaType } } as const;
      const seen = await seenOf(everything, {
        messages: [{ role: Role.USER, content: [{ block }] }],
      });
      const found = seen.messages[0]?.content[0]?.block;
      assert.ok(found?.case === "document");
      assert.deepEqual(Buffer.from(found.value.content), content);
    }
  });

  for (const [action, told, expected] of [
    ["redact", RedactionAction.REDACTED, "ssn [SSN], [SSN]"],
    ["mask", RedactionAction.MASKED, "ssn *****6789, ***-**-6789"],
    ["allow", RedactionAction.ALLOWED, "ssn 123456789, 123-45-6789"],
  ] as const) {
    it(`${action} what they find, and count it`, async () => {
      const layers = redacting({ SSN: [action, "request"] }, says("ok"));
      const request = asks("ssn 123456789, 123-45-6789");
      const reply = await layers.handle(sampleCall({ request }));
      const block = layers.seen[0]?.request.messages[0]?.content[0]?.block;
      assert.ok(block?.case === "text");
      assert.equal(block.value.text, expected);
      const last = (await readAll(reply.events)).at(-1);
      assert.ok(last?.case === "completed");
      const [redaction, ...more] = last.value.redactions;
      assert.deepEqual(more, []);
      assert.deepEqual(
        [redaction?.entity, redaction?.count, redaction?.direction, redaction?.action],
        ["SSN", 2, Direction.REQUEST, told],
      );
      assert.deepEqual(
        layers.sightings.map(({ count }) => count),
        [1, 2],
      );
    });
  }

  it("refuse what they block, with the policy, the entity and the direction, and ask nobody", async () => {
    const layers = redacting({ EMAIL: "redact", SSN: "block" }, says("ok"));
    const error = await refusalOf(() =>
      layers.handle(sampleCall({ request: asks("a@b 123-45-6789") })),
    );
    assert.deepEqual(
      [error.code, error.reason, error.metadata],
      [
        Code.FailedPrecondition,
        ErrorReason.BLOCKED_BY_POLICY,
        { policy: "pii-filter", entity: "SSN", direction: "request" },
      ],
    );
    assert.ok(!JSON.stringify([error.message, error.cause]).includes("6789"));
    assert.deepEqual(layers.seen, []);
    assert.equal(layers.sightings.at(-1)?.action, "block");
  });

  it("refuse a tool whose name they would have to change", async () => {
    const layers = redacting({ SSN: "redact" }, says("ok"));
    const request = sampleRequest({ tools: [{ name: "123-45-6789" }] });
    const error = await refusalOf(() => layers.handle(sampleCall({ request })));
    assert.equal(error.reason, ErrorReason.BLOCKED_BY_POLICY);
  });

  it("keep to their direction", async () => {
    const rules: Rules = { EMAIL: ["redact", "request"], SSN: ["redact", "response"] };
    const { text, layers } = await answerOf(rules, says("a@b 123-45-6789"), "a@b 123-45-6789");
    assert.equal(text, "a@b [SSN]");
    const block = layers.seen[0]?.request.messages[0]?.content[0]?.block;
    assert.ok(block?.case === "text" && block.value.text === "[EMAIL] 123-45-6789");
  });

  it("drop signed reasoning that they had to change, and keep what they had not", async () => {
    const reasoning = (text: string) => ({
      block: { case: "reasoning", value: { text, signature: "s" } } as const,
    });
    const seen = await seenOf(everything, {
      messages: [
        { role: Role.ASSISTANT, content: [reasoning("to a@b"), reasoning("to them")] },
        { role: Role.ASSISTANT, content: [reasoning("to a@b")] },
        { role: Role.USER, content: [textBlock("go on")] },
      ],
    });
    assert.deepEqual(
      seen.messages.map(({ content }) => content.length),
      [1, 1],
    );
  });
});
