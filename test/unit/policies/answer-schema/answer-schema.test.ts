import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { type Completed, FinishReason } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { answerSchema } from "../../../../server/policies/answer-schema/answer-schema.ts";
import { createSchemaChecker } from "../../../../server/policies/answer-schema/schema-checker.ts";
import { sampleCall, sampleRequest } from "../../../fakes/calls.ts";
import { completedEvent, textEvent, wordOf } from "../../../fakes/completion-events.ts";
import { readAll, refusalOf } from "../../../fakes/outcomes.ts";
import { scriptedHandler, scriptedReply } from "../../../fakes/scripted-handler.ts";

const checker = createSchemaChecker();
after(() => checker.close());

const person = {
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer", minimum: 0 } },
  required: ["name"],
  additionalProperties: false,
};

/** What becomes of an answer in these pieces that ends for this reason. */
async function answered(
  pieces: readonly string[],
  schema: object,
  reason: FinishReason = FinishReason.STOP,
) {
  const steps = [
    ...pieces.map((piece) => textEvent(piece)),
    completedEvent({ finishReason: reason }),
  ];
  const script = scriptedHandler(scriptedReply(...steps));
  const events = await ask(script, schema).then((reply) => readAll(reply.events));
  const last = events.at(-1);
  assert.ok(last?.case === "completed");
  const completed: Completed = last.value;
  return { completed, words: events.map(wordOf), script };
}

function ask(script: ReturnType<typeof scriptedHandler>, schema: object) {
  const format = { case: "jsonSchema", value: { name: "answer", schema: { ...schema } } } as const;
  const request = sampleRequest({ responseFormat: { format } });
  return answerSchema({ checker }).wrap(script.handle)(sampleCall({ request }));
}

describe("answerSchema", () => {
  it("lets an answer that fits pass, piece by piece", async () => {
    const { completed, words } = await answered(['{"name":', '"Ada","age":36}'], person);
    assert.equal(completed.finishReason, FinishReason.STOP);
    assert.deepEqual(words, ['{"name":', '"Ada","age":36}', "completed"]);
  });

  for (const [what, answer] of [
    ["of a wrong type", '{"name":1}'],
    ["without what is required", "{}"],
    ["with more than is allowed", '{"name":"Ada","town":"London"}'],
    ["that is not JSON", "Ada, 36"],
    ["that is cut", '{"name":"Ada"'],
    ["that is empty", ""],
  ] as const) {
    it(`says that an answer ${what} does not fit, and keeps its words`, async () => {
      const { completed, words } = await answered([answer], person);
      assert.equal(completed.finishReason, FinishReason.SCHEMA_MISMATCH);
      assert.equal(completed.providerFinishReason, "end_turn");
      assert.equal(words[0], answer);
    });
  }

  for (const name of ["LENGTH", "REFUSAL", "CONTENT_FILTER", "TOOL_USE"] as const) {
    const reason = FinishReason[name];
    it(`leaves the reason ${name} alone, which already says why`, async () => {
      const { completed } = await answered(["Sorry"], person, reason);
      assert.equal(completed.finishReason, reason);
    });
  }

  for (const [what, schema] of [
    ["a type that does not exist", { type: "text" }],
    ["a reference to nowhere", { properties: { a: { $ref: "#/$defs/gone" } } }],
    ["a broken pattern", { pattern: "(" }],
    ["properties that are no schemas", { properties: { a: "string" } }],
  ] as const) {
    it(`refuses a schema with ${what} before anything is asked`, async () => {
      const script = scriptedHandler(scriptedReply(completedEvent()));
      const error = await refusalOf(() => ask(script, schema));
      assert.equal(error.code, Code.InvalidArgument);
      assert.equal(error.violations[0]?.field, "response_format.json_schema.schema");
      assert.equal(script.calls.length, 0);
    });
  }

  it("gives a pattern that would take for ever its second, and does not say that the answer fits", async () => {
    const hostile = { type: "string", pattern: "^(a+)+$" };
    const { completed } = await answered([JSON.stringify(`${"a".repeat(50)}!`)], hostile);
    assert.equal(completed.finishReason, FinishReason.SCHEMA_MISMATCH);
    const next = await answered([JSON.stringify("aaa")], hostile);
    assert.equal(next.completed.finishReason, FinishReason.STOP, "the next check works again");
  });

  it("hands the reply of a call without a schema on as it is", async () => {
    const reply = scriptedReply(textEvent("Paris."), completedEvent());
    const layer = answerSchema({ checker });
    assert.equal(await layer.wrap(scriptedHandler(reply).handle)(sampleCall()), reply);
  });
});

describe("a schema checker", () => {
  it("turns checks away when too many wait, rather than letting them pile up", async () => {
    const busy = createSchemaChecker({ mostWaiting: 2 });
    const outcomes = Promise.all([1, 2, 3, 4, 5].map(() => busy.check({ type: "string" }, '"a"')));
    const kinds = (await outcomes).map((outcome) => outcome?.kind);
    assert.deepEqual(kinds, ["fits", "fits", "fits", undefined, undefined]);
    busy.close();
  });

  it("settles what waits when it is closed", async () => {
    const closing = createSchemaChecker();
    const outcomes = Promise.all([closing.check({}, "1"), closing.check({}, "2")]);
    closing.close();
    assert.deepEqual(await outcomes, [undefined, undefined]);
  });

  it("follows references to themselves as deep as the answer goes", async () => {
    const list = {
      $ref: "#/$defs/node",
      $defs: {
        node: { type: "object", properties: { next: { $ref: "#/$defs/node" } }, required: ["v"] },
      },
    };
    assert.equal((await checker.check(list, '{"v":1,"next":{"v":2}}'))?.kind, "fits");
    assert.equal((await checker.check(list, '{"v":1,"next":{}}'))?.kind, "mismatch");
    const endless = await checker.check({ allOf: [{ $ref: "#" }] }, "{}");
    assert.equal(endless?.kind, "mismatch", "a schema without a bottom fits nothing");
  });
});
