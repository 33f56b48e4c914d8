import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { conflictsIn, wantsBedrock } from "../../../server/config/conflicts.ts";
import { loadSettings } from "../../../server/config/load.ts";

const settingsOf = (env: NodeJS.ProcessEnv) => loadSettings({ flags: new Map(), env });

describe("conflictsIn", () => {
  const id = { LLM_BEDROCK_GUARDRAIL_ID: "gr-1" };
  const version = { LLM_BEDROCK_GUARDRAIL_VERSION: "3" };

  for (const [claim, env, missing] of [
    ["a guardrail without a version", id, /GUARDRAIL_VERSION beside it/],
    ["a version without a guardrail", version, /GUARDRAIL_ID beside it/],
  ] as const) {
    it(`finds ${claim}`, () => {
      const [found = "", ...others] = conflictsIn(settingsOf(env));
      assert.match(found, missing);
      assert.deepEqual(others, []);
    });
  }

  it("finds nothing in both, and nothing in neither", () => {
    assert.deepEqual(conflictsIn(settingsOf({ ...id, ...version })), []);
    assert.deepEqual(conflictsIn(settingsOf({})), []);
  });
});

describe("wantsBedrock", () => {
  for (const [env, wanted] of [
    [{}, false],
    [{ LLM_BEDROCK_REGION: "us-east-1" }, true],
    [{ LLM_BEDROCK_MODEL: "fast" }, true],
    [{ LLM_BEDROCK_ENABLED: "true" }, true],
    [{ LLM_BEDROCK_ENABLED: "false", LLM_BEDROCK_REGION: "us-east-1" }, false],
    [{ OPENAI_API_KEY: "sk-x" }, false],
  ] as const) {
    it(`is ${wanted} for ${JSON.stringify(env)}`, () => {
      assert.equal(wantsBedrock(settingsOf(env)), wanted);
    });
  }
});
