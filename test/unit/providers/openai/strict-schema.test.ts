import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isStrictSchema } from "../../../../server/providers/openai/strict-schema.ts";

const text = { type: "string" };
const closed = (properties: object, change: object = {}) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...change,
});

/** An object in an object, so many levels deep. */
const nested = (levels: number): object => closed(levels > 1 ? { a: nested(levels - 1) } : {});

describe("a schema that OpenAI holds a model to", () => {
  for (const [about, schema] of [
    ["an object that names and requires all", closed({ a: text, b: { type: ["number", "null"] } })],
    ["one in another", closed({ a: closed({ b: text }) })],
    ["lists", closed({ a: { type: "array", items: closed({ b: text }) } })],
    ["choices", closed({ a: { anyOf: [text, closed({ b: text })] }, c: { enum: ["x"] } })],
    ["definitions", closed({ a: { $ref: "#/$defs/b" } }, { $defs: { b: closed({ c: text }) } })],
    ["recursion", closed({ a: { anyOf: [{ $ref: "#" }, { type: "null" }] } })],
    ["ten levels", nested(10)],
    ["descriptions", closed({ a: { ...text, description: "A." } }, { title: "T" })],
  ] as const) {
    it(`is ${about}`, () => assert.equal(isStrictSchema(schema as never), true));
  }

  for (const [about, schema] of [
    ["nothing", {}],
    ["a list", { type: "array", items: text }],
    ["a choice", { type: "object", anyOf: [closed({})] }],
    ["a property that is not required", closed({ a: text }, { required: [] })],
    ["an object that may have more", closed({ a: text }, { additionalProperties: true })],
    ["one that does not say", { type: "object", properties: { a: text }, required: ["a"] }],
    ["an open object inside", closed({ a: { type: "object" } })],
    ["an open object in a list", closed({ a: { type: "array", items: { type: "object" } } })],
    ["an open object in a definition", closed({}, { $defs: { b: { type: "object" } } })],
    ["an object without a type", closed({ a: { properties: { b: text } } })],
    ["a word that strict mode may not know", closed({ a: { ...text, minLength: 2 } })],
    ["a schema that is true", closed({ a: true })],
    ["a reference to elsewhere", closed({ a: { $ref: "https://example.com/a" } })],
    ["eleven levels", nested(11)],
    [
      "more properties than OpenAI takes",
      closed(Object.fromEntries(Array.from({ length: 5001 }, (_, at) => [`p${at}`, text]))),
    ],
  ] as const) {
    it(`is not ${about}`, () => assert.equal(isStrictSchema(schema as never), false));
  }
});
