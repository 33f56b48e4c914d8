import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConfigurationError } from "../../../server/config/configuration-error.ts";
import { conflictsIn } from "../../../server/config/conflicts.ts";
import { loadSettings } from "../../../server/config/load.ts";

const settingsOf = (env: NodeJS.ProcessEnv) => loadSettings({ flags: new Map(), env });

/** The setup guide's four variables, to the letter. */
const guide = {
  LLM_SHADOW_MODE: "true",
  LLM_PRIMARY_PROVIDER: "openai",
  LLM_SHADOW_PROVIDER: "bedrock",
  LLM_SHADOW_SAMPLE_RATE: "0.10",
};
const bedrock = { LLM_BEDROCK_REGION: "us-east-1" };
const openai = { OPENAI_API_KEY: "sk-test" };

describe("the settings of shadow mode", () => {
  it("are the guide's", () => {
    const settings = settingsOf({ ...guide, ...bedrock, ...openai });
    const { shadowMode, primaryProvider, shadowProvider, shadowSampleRate } = settings;
    assert.deepEqual(
      [shadowMode, primaryProvider, shadowProvider, shadowSampleRate],
      [true, "openai", "bedrock", 0.1],
    );
    assert.deepEqual(conflictsIn(settings), []);
  });

  for (const [name, value, expected] of [
    ["LLM_SHADOW_PROVIDER", "azure", /LLM_SHADOW_PROVIDER must be one of bedrock, openai/],
    ["LLM_PRIMARY_PROVIDER", "OpenAI", /LLM_PRIMARY_PROVIDER must be one of bedrock, openai/],
    ["LLM_SHADOW_SAMPLE_RATE", "10%", /LLM_SHADOW_SAMPLE_RATE must be a number from 0 to 1/],
    ["LLM_SHADOW_SAMPLE_RATE", "1.1", /LLM_SHADOW_SAMPLE_RATE must be a number from 0 to 1/],
    ["LLM_SHADOW_SINK", "stdout", /LLM_SHADOW_SINK must be one of cloudwatch, emf, both, none/],
  ] as const) {
    it(`refuse ${name}=${value}`, () => {
      assert.throws(
        () => settingsOf({ [name]: value }),
        (error) => error instanceof ConfigurationError && expected.test(error.message),
      );
    });
  }
});

describe("conflicts of shadow mode", () => {
  const both = { ...bedrock, ...openai };
  const without = ({ LLM_SHADOW_PROVIDER: _, ...rest }: typeof guide) => rest;
  const cases: ReadonlyArray<readonly [what: string, env: NodeJS.ProcessEnv, expected: RegExp]> = [
    ["a mode without a shadow", { ...without(guide), ...both }, /needs LLM_SHADOW_PROVIDER/],
    [
      "a provider that shadows itself",
      { ...guide, ...both, LLM_SHADOW_PROVIDER: "openai" },
      /are both openai/,
    ],
    [
      "a shadow that is not configured",
      { ...guide, ...openai },
      /LLM_SHADOW_PROVIDER is bedrock, which is not configured. Set LLM_BEDROCK_REGION/,
    ],
    [
      "a primary that is not configured",
      { LLM_PRIMARY_PROVIDER: "openai", ...bedrock },
      /LLM_PRIMARY_PROVIDER is openai, which is not configured. Set OPENAI_API_KEY/,
    ],
    [
      "a shadow of nobody",
      { LLM_SHADOW_MODE: "true", LLM_SHADOW_PROVIDER: "bedrock", ...bedrock },
      /no other provider is configured/,
    ],
  ];
  for (const [what, env, expected] of cases) {
    it(`are found in ${what}`, () => {
      const [found = "", ...others] = conflictsIn(settingsOf(env));
      assert.match(found, expected);
      assert.deepEqual(others, []);
    });
  }

  it("are none while shadow mode is off", () => {
    assert.deepEqual(conflictsIn(settingsOf({ ...bedrock, LLM_SHADOW_PROVIDER: "openai" })), []);
  });
});
