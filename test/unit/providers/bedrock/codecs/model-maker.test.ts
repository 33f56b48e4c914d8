import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { madeModelOf } from "../../../../../server/providers/bedrock/codecs/model-maker.ts";

const arn = "arn:aws:bedrock:us-east-1:123456789012:";

describe("madeModelOf", () => {
  for (const [model, maker, name] of [
    ["deepseek.r1-v1:0", "deepseek", "r1-v1:0"],
    ["us.deepseek.r1-v1:0", "deepseek", "r1-v1:0"],
    [
      "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0",
      "anthropic",
      "claude-sonnet-4-5-20250929-v1:0",
    ],
    ["global.openai.gpt-5.6-luna", "openai", "gpt-5.6-luna"],
    ["openai.gpt-oss-120b-1:0", "openai", "gpt-oss-120b-1:0"],
    ["arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "amazon", "nova-pro-v1:0"],
    [`${arn}inference-profile/eu.amazon.nova-2-lite-v1:0`, "amazon", "nova-2-lite-v1:0"],
  ] as const) {
    it(`finds ${maker} in ${model}`, () => {
      assert.deepEqual(madeModelOf(model), { maker, name });
    });
  }

  for (const model of [
    `${arn}application-inference-profile/abc.def`,
    `${arn}provisioned-model/abc`,
    `${arn}custom-model-deployment/abc`,
    "claude",
    "us.claude",
    "us",
    "",
    ".a",
  ]) {
    it(`finds nobody in ${model || "nothing"}`, () => assert.equal(madeModelOf(model), undefined));
  }
});
