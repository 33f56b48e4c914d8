import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ordinaryTraits } from "../../../../server/core/model-traits.ts";
import { dialectOf } from "../../../../server/providers/openai/dialect.ts";

const reasoning = { refuses: new Set<never>(), reasoning: "effort" } as const;

describe("how a model wants to be asked", () => {
  for (const [model, traits, limit, role, user, json] of [
    ["gpt-3.5-turbo", ordinaryTraits, "max_tokens", "system", "user", "tool"],
    ["gpt-4", ordinaryTraits, "max_tokens", "system", "user", "tool"],
    ["gpt-4-turbo-2024-04-09", ordinaryTraits, "max_tokens", "system", "user", "tool"],
    ["gpt-4o", ordinaryTraits, "max_completion_tokens", "system", "safety_identifier", "format"],
    [
      "chatgpt-4o-latest",
      ordinaryTraits,
      "max_completion_tokens",
      "system",
      "safety_identifier",
      "format",
    ],
    [
      "gpt-4.1-mini",
      ordinaryTraits,
      "max_completion_tokens",
      "system",
      "safety_identifier",
      "format",
    ],
    [
      "ft:gpt-4o-mini-2024-07-18:acme::x1",
      ordinaryTraits,
      "max_completion_tokens",
      "system",
      "safety_identifier",
      "format",
    ],
    ["ft:gpt-3.5-turbo-0125:acme::x1", ordinaryTraits, "max_tokens", "system", "user", "tool"],
    ["o3", ordinaryTraits, "max_completion_tokens", "developer", "safety_identifier", "format"],
    ["o4-mini", reasoning, "max_completion_tokens", "developer", "safety_identifier", "format"],
    [
      "gpt-5-chat-latest",
      ordinaryTraits,
      "max_completion_tokens",
      "system",
      "safety_identifier",
      "format",
    ],
    ["gpt-6-sol", reasoning, "max_completion_tokens", "developer", "safety_identifier", "format"],
    ["llama-3.3-70b", ordinaryTraits, "max_tokens", "system", "user", "format"],
    ["gpt-oss-120b", reasoning, "max_completion_tokens", "developer", "user", "format"],
  ] as const) {
    it(model, () => {
      const { tokenLimit, systemRole, userField, jsonSchema } = dialectOf({ model, traits });
      assert.deepEqual([tokenLimit, systemRole, userField, jsonSchema], [limit, role, user, json]);
    });
  }

  for (const [model, stores] of [
    ["gpt-4-turbo", true],
    ["o4-mini", true],
    ["gpt-6-sol", true],
    ["mistral-small", false],
    ["gpt-oss-120b", false],
  ] as const) {
    it(`${model} is ${stores ? "" : "not "}told to keep nothing`, () => {
      assert.equal(dialectOf({ model, traits: ordinaryTraits }).storesUnasked, stores);
    });
  }

  for (const [model, excludes, marks] of [
    ["gpt-4o", false, false],
    ["gpt-5", false, false],
    ["gpt-5.2", false, false],
    ["gpt-5.4-mini", true, false],
    ["gpt-5.5", true, false],
    ["gpt-5.6-sol", true, true],
    ["gpt-6-astra", true, true],
    ["o3", false, false],
  ] as const) {
    it(`${model}, with tools and cache points`, () => {
      const { toolsExcludeReasoning, marksCachePoints } = dialectOf({ model, traits: reasoning });
      assert.deepEqual([toolsExcludeReasoning, marksCachePoints], [excludes, marks]);
    });
  }
});
