import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { ConfigurationError } from "../../../server/config/configuration-error.ts";
import { loadSettings } from "../../../server/config/load.ts";

const folder = mkdtempSync(join(tmpdir(), "axonflow-test-"));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, "gateway.yaml");

function overridesOf(yaml: string) {
  writeFileSync(file, yaml);
  return loadSettings({ flags: new Map(), env: {}, file }).modelOverrides;
}

function problemsOf(yaml: string): readonly string[] {
  try {
    overridesOf(yaml);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    return error.message.replaceAll(file, "FILE").split("\n");
  }
  assert.fail("nothing was wrong");
}

describe("models and aliases in a file", () => {
  it("say everything that an operator can know of a model, prices as they are written", () => {
    const arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2";
    const { models, aliases } = overridesOf(`
BedrockRegion: us-east-1
models:
  ${arn}:
    name: claims
    display_name: Claims
    family: anthropic
    input_usd: 2.10
    output_usd: "10.50"
    cache_read_usd: 0.21
    flex_factor: 0.50
    priority_factor: 2
    context_window_tokens: 200000
    max_output_tokens: 4096
    refuses: [temperature, reasoning.none]
    reasoning: budget
    json_schema: tool
  claude-3-haiku: { replacement: claims }
aliases:
  fast: claims
`);
    assert.deepEqual(models.get(arn), {
      name: "claims",
      displayName: "Claims",
      family: "anthropic",
      inputUsd: "2.10",
      outputUsd: "10.50",
      cacheReadUsd: "0.21",
      flexFactor: "0.50",
      priorityFactor: "2",
      contextWindowTokens: 200_000,
      maxOutputTokens: 4096,
      refuses: ["temperature", "reasoning.none"],
      reasoning: "budget",
      jsonSchema: "tool",
    });
    assert.deepEqual(models.get("claude-3-haiku"), { replacement: "claims" });
    assert.deepEqual([...aliases], [["fast", "claims"]]);
  });

  for (const [about, yaml] of [
    ["left out", "BedrockRegion: us-east-1\n"],
    ["empty", "models:\naliases:\n"],
  ] as const) {
    it(`may be ${about}`, () => {
      const { models, aliases } = overridesOf(yaml);
      assert.deepEqual([models.size, aliases.size], [0, 0]);
    });
  }

  for (const [about, yaml, expected] of [
    ["a list", "models: [a]\n", /^FILE:1: models must be a map/],
    ["a model without a description", "models:\n  a: fast\n", /^FILE:2: models\.a: must be a map/],
    [
      "a member that is none",
      "models:\n  a:\n    prize: 1\n",
      /^FILE:3: a model has no prize.*input_usd/,
    ],
    [
      "a price of words",
      "models:\n  a: { input_usd: cheap, output_usd: 1 }\n",
      /^FILE:2: input_usd must be US dollars/,
    ],
    [
      "a price below zero",
      "models:\n  a: { input_usd: -1, output_usd: 1 }\n",
      /^FILE:2: input_usd must/,
    ],
    ["half a price", "models:\n  a: { input_usd: 1 }\n", /^FILE:2: models\.a: a price needs both/],
    ["a cache price alone", "models:\n  a: { cache_read_usd: 1 }\n", /a price needs both/],
    [
      "a factor of words",
      "models:\n  a: { flex_factor: half }\n",
      /flex_factor must be a multiple/,
    ],
    ["no tokens", "models:\n  a: { max_output_tokens: 0 }\n", /max_output_tokens must be a number/],
    [
      "an unknown family",
      "models:\n  a: { family: gpt }\n",
      /family must be one of anthropic, llama/,
    ],
    [
      "an unknown refusal",
      "models:\n  a: { refuses: [mood] }\n",
      /refuses must be one of temperature/,
    ],
    [
      "an alias of nothing",
      "aliases:\n  fast:\n",
      /^FILE:2: aliases\.fast: must be a model's name/,
    ],
  ] as const) {
    it(`may not hold ${about}`, () => assert.match(problemsOf(yaml)[0] ?? "", expected));
  }

  it("are told all their problems at once, beside those of the settings", () => {
    const problems = problemsOf("HttpPort: x\nmodels:\n  a: 1\n  b: { family: gpt }\naliases: 7\n");
    assert.equal(problems.length, 4);
  });
});
