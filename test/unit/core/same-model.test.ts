import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isSameModel } from "../../../server/core/same-model.ts";
import { sampleEndpoint } from "../../fakes/calls.ts";

const claude = "anthropic.claude-sonnet-4-5-20250929-v1:0";
const arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1";

describe("isSameModel", () => {
  for (const [one, other, same] of [
    [claude, claude, true],
    [claude, `us.${claude}`, true],
    [`eu.${claude}`, `global.${claude}`, true],
    [`us-gov.${claude}`, `us.${claude}`, true],
    [arn, arn, true],
    [arn, claude, false],
    [claude, "anthropic.claude-opus-4-5-20251101-v1:0", false],
    ["openai.gpt-oss-20b-1:0", "us.openai.gpt-oss-120b-1:0", false],
  ] as const) {
    it(`holds ${one} and ${other} for ${same ? "one" : "two"}`, () => {
      const at = (model: string, region: string) => sampleEndpoint({ model, region });
      assert.equal(isSameModel(at(one, "us-east-1"), at(other, "eu-west-1")), same);
      assert.equal(isSameModel(at(other, "eu-west-1"), at(one, "us-east-1")), same);
    });
  }

  it("holds models of two providers, or in two forms, for two", () => {
    assert.equal(isSameModel(sampleEndpoint(), sampleEndpoint({ provider: "openai" })), false);
    assert.equal(isSameModel(sampleEndpoint(), sampleEndpoint({ family: "converse" })), false);
  });
});
