import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonObject, MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  type CompleteRequestSchema,
  ReasoningEffort,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { ModelTraits, RefusableField } from "../../../../server/core/model-traits.ts";
import { jsonAnswerOf } from "../../../../server/providers/codec-parts/json-answer.ts";
import { planTools } from "../../../../server/providers/codec-parts/tool-plan.ts";
import { sampleEndpoint, sampleRequest } from "../../../fakes/calls.ts";
import { refusalOf } from "../../../fakes/outcomes.ts";

type Request = MessageInitShape<typeof CompleteRequestSchema>;

const planned = (change: object, traits: ModelTraits = { refuses: new Set() }) => {
  const request = sampleRequest(change as Request);
  const endpoint = sampleEndpoint({ traits });
  return planTools(request, endpoint, jsonAnswerOf(request, endpoint, "tool"));
};
const json = (schema: JsonObject = {}, name = "capital"): Request => ({
  responseFormat: { format: { case: "jsonSchema", value: { name, schema } } },
});
const tools = [{ name: "weather", description: "Tells the weather." }];
const choose = (choice: "auto" | "any" | "none"): Request => ({
  toolChoice: { choice: { case: choice, value: {} } },
});
const refusing = (...fields: RefusableField[]): ModelTraits => ({ refuses: new Set(fields) });
const namesOf = ({ tools }: ReturnType<typeof planned>) => tools.map(({ name }) => name);

describe("planTools", () => {
  it("makes an object of a schema that does not say what it is", () => {
    const [tool] = planned({ tools: [{ name: "now" }] }).tools;
    assert.deepEqual(tool, { name: "now", description: "", schema: { type: "object" } });
    const own = { type: "object", properties: { city: { type: "string" } } };
    const [other] = planned({ tools: [{ name: "weather", inputSchema: own }] }).tools;
    assert.deepEqual(other?.schema, own);
  });

  it("offers nothing where nothing is asked for", () => {
    assert.deepEqual(planned({}), { tools: [], choice: undefined, answerTool: undefined });
  });

  it("adds no tool where the model has a parameter for a schema", () => {
    const plan = planned({ ...json(), tools }, { refuses: new Set(), jsonSchema: "format" });
    assert.deepEqual([namesOf(plan), plan.answerTool], [["weather"], undefined]);
  });
});

describe("the tool for an answer in JSON", () => {
  it("alone must be used, by name", () => {
    const plan = planned(json());
    assert.deepEqual(plan.choice, { kind: "tool", name: "capital" });
    assert.equal(plan.answerTool, "capital");
  });

  it("has a name also where the schema has none", () => {
    assert.equal(planned(json({}, "")).answerTool, "answer");
  });

  for (const choice of [{}, choose("auto")]) {
    it(`beside other tools leaves the model to use either, ${JSON.stringify(choice)}`, () => {
      const plan = planned({ ...json(), ...choice, tools });
      assert.deepEqual(namesOf(plan), ["weather", "capital"]);
      assert.deepEqual(plan.choice, { kind: "any" });
    });
  }

  it("stands alone where no other tool may be used", () => {
    const plan = planned({ ...json(), ...choose("none"), tools });
    assert.deepEqual(namesOf(plan), ["capital"]);
    assert.deepEqual(plan.choice, { kind: "tool", name: "capital" });
  });

  for (const [about, change, traits, kind] of [
    ["by name", {}, refusing("tool_choice.tool_name"), "any"],
    ["at all", {}, refusing("tool_choice.tool_name", "tool_choice.any"), "auto"],
    ["to use some tool", { tools }, refusing("tool_choice.any"), "auto"],
  ] as const) {
    it(`is left to ${kind} by a model that cannot be forced ${about}`, () => {
      assert.equal(planned({ ...json(), ...change }, traits).choice?.kind, kind);
    });
  }

  for (const [effort, kind] of [
    [ReasoningEffort.LOW, "auto"],
    [ReasoningEffort.NONE, "tool"],
    [ReasoningEffort.UNSPECIFIED, "tool"],
  ] as const) {
    it(`is left to ${kind} at effort ${effort}`, () => {
      assert.equal(planned({ ...json(), reasoning: { effort } }).choice?.kind, kind);
    });
  }

  for (const [field, change] of [
    ["tool_choice.any", { ...json(), ...choose("any"), tools }],
    [
      "tool_choice.tool_name",
      { ...json(), tools, toolChoice: { choice: { case: "toolName", value: "weather" } } },
    ],
    ["response_format.json_schema.name", { ...json({}, "weather"), tools }],
    ["response_format.json_schema.schema", json({ type: "array" })],
  ] as const) {
    it(`is refused with ${field}`, async () => {
      const error = await refusalOf(() => planned(change));
      assert.equal(error.code, Code.InvalidArgument);
      assert.deepEqual(
        error.violations.map((violation) => violation.field),
        [field],
      );
    });
  }
});
