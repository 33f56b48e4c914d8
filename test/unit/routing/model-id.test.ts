import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseModelId, regionOfArn } from "../../../server/routing/model-id.ts";

const haiku = "anthropic.claude-3-haiku-20240307-v1:0";

describe("parseModelId", () => {
  const geographies = "us us-gov eu apac ap jp au ca in sa me af il global".split(" ");
  for (const [text, region, geography] of [
    [haiku, undefined, ""],
    ...geographies.map((name) => [`${name}.${haiku}`, undefined, name] as const),
    [`arn:aws:bedrock:us-west-2::foundation-model/${haiku}`, "us-west-2", ""],
    [`arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.${haiku}`, "eu-west-1", "eu"],
    [`arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/${haiku}`, "us-gov-west-1", ""],
    [`arn:aws:bedrock:::foundation-model/${haiku}`, undefined, ""],
  ] as const) {
    it(`sees Claude 3 Haiku in ${text}`, () => {
      assert.deepEqual(parseModelId(text), {
        foundationId: haiku,
        maker: "anthropic",
        region,
        geography,
      });
    });
  }

  for (const [text, maker] of [
    ["meta.llama3-70b-instruct-v1:0", "meta"],
    ["us.amazon.nova-pro-v1:0", "amazon"],
    ["mistral.mistral-large-2402-v1:0", "mistral"],
    ["openai.gpt-oss-20b-1:0", "openai"],
  ] as const) {
    it(`sees the maker ${maker} in ${text}`, () => {
      assert.equal(parseModelId(text)?.maker, maker);
    });
  }

  it("sees the region of any ARN, also of one that hides its model", () => {
    const hidden = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2";
    assert.equal(regionOfArn(hidden), "eu-west-1");
    assert.equal(regionOfArn(haiku), undefined);
  });

  const opaque = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123";
  for (const text of [
    "",
    "claude-3-haiku",
    "fast",
    "anthropic.",
    "us.",
    "us.claude-3-haiku",
    "nobody.model-v1",
    `mars.${haiku}`,
    `us.us.${haiku}`,
    `arn:aws:s3:us-east-1::foundation-model/${haiku}`,
    opaque,
  ]) {
    it(`sees no model in ${JSON.stringify(text)}`, () => {
      assert.equal(parseModelId(text), undefined);
    });
  }
});
