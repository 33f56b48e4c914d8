import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@cfworker/json-schema";
import { type Asker, createAsker, withEmulator } from "./fixture.ts";
import {
  claude,
  converse,
  type RichAnswer,
  type RichQuestion,
  type RichSpeaker,
  type Tool,
} from "./speakers/rich-speaker.ts";

const weather: Tool = {
  name: "weather",
  schema: {
    type: "object",
    properties: { city: { type: "string", minLength: 3 }, days: { type: "integer", minimum: 2 } },
    required: ["city", "days"],
  },
};
const clock: Tool = { name: "clock", schema: { type: "object" } };

/** Asks both ways; apart from the pieces, a stream says what a whole answer says. */
async function bothWays(speaker: RichSpeaker, asker: Asker, question: RichQuestion) {
  const whole = await speaker.whole(asker, question);
  const streamed = await speaker.stream(asker, question);
  assert.deepEqual({ ...streamed, pieces: [] }, whole);
  return streamed;
}

function every(claim: string, question: RichQuestion, check: (answer: RichAnswer) => void): void {
  for (const speaker of [claude, converse]) {
    test(`${speaker.name}: ${claim}`, () =>
      withEmulator({}, async (emulator) => {
        using asker = createAsker(emulator, "1.1");
        check(await bothWays(speaker, asker, question));
      }));
  }
}

const tools = [weather, clock];
const input = { city: "Zürich 🌦", 'a "b"': [1, { c: "}" }] };

every(
  "a tool is used with exactly the JSON of the prompt, in several pieces",
  { text: `Use tool weather with ${JSON.stringify(input)}`, tools },
  ({ text, uses, pieces, stopReason }) => {
    assert.deepEqual(uses, [{ name: "weather", input }]);
    assert.equal(pieces[0]?.join(""), JSON.stringify(input));
    assert.ok((pieces[0]?.length ?? 0) > 3);
    assert.deepEqual([text, stopReason], ["", "tool_use"]);
  },
);

every(
  "two tools are used in parallel",
  { text: 'Use tools weather with {"city":"Rome"} and clock with {}', tools },
  ({ uses }) =>
    assert.deepEqual(uses, [
      { name: "weather", input: { city: "Rome" } },
      { name: "clock", input: {} },
    ]),
);

every(
  "a text comes before a tool use",
  { text: 'Say "Let me look.", then use tool clock with {}', tools },
  ({ text, uses }) => assert.deepEqual([text, uses.length], ["Let me look.", 1]),
);

every(
  "a tool that was not given is not used",
  { text: "Use tool hammer with {}", tools },
  ({ text, uses, stopReason }) => {
    assert.deepEqual([uses, stopReason], [[], "end_turn"]);
    assert.match(text, /^You asked/);
  },
);

every(
  "the answer to a tool's result quotes it",
  { text: "Use tool weather with {}", tools, result: { text: "sunny" } },
  ({ text, stopReason }) =>
    assert.deepEqual([text, stopReason], ["The tool answered: sunny.", "end_turn"]),
);

every(
  "a tool's failure is quoted as one",
  { text: "x", tools, result: { text: "no network", isError: true } },
  ({ text }) => assert.equal(text, "The tool failed: no network."),
);

const fits = (schema: object, value: unknown) => new Validator(schema).validate(value).valid;

every(
  "any forced tool gets an input that fits",
  { text: "Hello", tools, choice: "any" },
  ({ uses }) => {
    assert.equal(uses[0]?.name, "weather");
    assert.ok(fits(weather.schema, uses[0]?.input));
  },
);

every("one forced tool is the one", { text: "Hello", tools, choice: "clock" }, ({ uses }) =>
  assert.deepEqual(uses, [{ name: "clock", input: {} }]),
);

every(
  "a forced tool gets an input that does not fit on demand",
  { text: "Break the schema.", tools, choice: "weather" },
  ({ uses }) => assert.ok(!fits(weather.schema, uses[0]?.input)),
);

test("a limit cuts a tool's input and is the reason for the end", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    const question = { text: 'Use tool weather with {"city":"Rome"}', tools, maxTokens: 1 };
    const { stopReason, outputTokens } = await claude.whole(asker, question);
    assert.deepEqual([stopReason, outputTokens], ["max_tokens", 1]);
  }));

const city = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
const schemas: readonly (readonly [claim: string, schema: object])[] = [
  ["an object", city],
  ["an object without required members", { type: "object", properties: { n: { type: "number" } } }],
  [
    "arrays, enums and constants",
    {
      type: "object",
      properties: {
        tags: { type: "array", items: { type: "string" }, minItems: 3, uniqueItems: true },
        unit: { enum: ["C", "F"] },
        version: { const: 2 },
        pair: { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }] },
        none: { type: "array", items: { type: "string" }, maxItems: 0 },
      },
      required: ["tags", "unit", "version", "pair"],
    },
  ],
  [
    "limits",
    {
      type: "object",
      properties: {
        low: { type: "integer", exclusiveMinimum: 5, maximum: 9 },
        high: { type: "number", maximum: -3 },
        step: { type: "integer", multipleOf: 7, minimum: 10 },
        word: { type: "string", minLength: 20, maxLength: 22 },
        day: { type: "string", format: "date" },
        yes: { type: "boolean" },
        nothing: { type: ["null", "string"] },
      },
      required: ["low", "high", "step", "word", "day", "yes"],
    },
  ],
  [
    "references, choices and itself",
    {
      $defs: { city },
      type: "object",
      properties: {
        home: { $ref: "#/$defs/city" },
        either: { anyOf: [{ type: "integer" }, { type: "string" }] },
        all: {
          allOf: [
            { $ref: "#/$defs/city" },
            { type: "object", properties: { n: { type: "integer" } }, required: ["n"] },
          ],
        },
        children: { type: "array", items: { $ref: "#" } },
      },
      required: ["home", "either", "all"],
    },
  ],
];

for (const [claim, schema] of schemas) {
  every(
    `an answer fits a schema with ${claim}`,
    { text: "A city, please.", schema },
    ({ text, stopReason }) => {
      assert.ok(fits(schema, JSON.parse(text)), text);
      assert.equal(stopReason, "end_turn");
    },
  );
  every(
    `an answer breaks a schema with ${claim} on demand`,
    { text: "Break the schema.", schema },
    ({ text }) => assert.ok(!fits(schema, JSON.parse(text)), text),
  );
}

every("an answer is no JSON on demand", { text: "Break the JSON.", schema: city }, ({ text }) =>
  assert.throws(() => JSON.parse(text), SyntaxError),
);

every(
  "reasoning comes before the answer, signed and counted",
  { text: "Count to 2", isReasoning: true },
  ({ text, reasoning, signature, outputTokens }) => {
    assert.equal(reasoning, "The prompt has 3 words, so the answer is clear.");
    assert.match(signature, /^[A-Za-z0-9+/]{80,}=*$/);
    assert.deepEqual([text, outputTokens], ["1 2", 10 + 2]);
  },
);

every(
  "secret reasoning is redacted",
  { text: "Think secretly.", isReasoning: true },
  ({ reasoning, redacted, text }) => {
    assert.match(redacted, /^[A-Za-z0-9+/]{80,}=*$/);
    assert.deepEqual([reasoning, text.startsWith("You asked")], ["", true]);
  },
);

every(
  "without being asked there is no reasoning",
  { text: "Count to 2" },
  ({ reasoning, signature }) => assert.deepEqual([reasoning, signature], ["", ""]),
);
