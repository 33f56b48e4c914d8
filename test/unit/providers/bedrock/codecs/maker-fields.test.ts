import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  type CompleteRequestSchema,
  ReasoningEffort,
} from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { ReasoningControl } from "../../../../../server/core/model-traits.ts";
import { makerFieldsOf } from "../../../../../server/providers/bedrock/codecs/maker-fields.ts";
import { sampleEndpoint, sampleRequest } from "../../../../fakes/calls.ts";
import { refusalOf } from "../../../../fakes/outcomes.ts";

type Request = MessageInitShape<typeof CompleteRequestSchema>;

const { LOW, HIGH, NONE } = ReasoningEffort;
const profile = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc";
const effort = (value: ReasoningEffort): Request => ({ reasoning: { effort: value } });

const fieldsOf = (model: string, request: Request, reasoning?: ReasoningControl) => {
  const endpoint = sampleEndpoint({ model, traits: { refuses: new Set(), reasoning } });
  return makerFieldsOf(sampleRequest(request), endpoint, 10_000);
};

describe("what a maker's models are told beside Converse", () => {
  for (const [model, request, reasoning, fields] of [
    ["meta.llama3-3-70b-instruct-v1:0", {}, undefined, {}],
    ["us.anthropic.claude-sonnet-4-6", { topK: 5 }, undefined, { top_k: 5 }],
    ["amazon.nova-pro-v1:0", { topK: 5 }, undefined, { inferenceConfig: { topK: 5 } }],
    ["cohere.command-r-v1:0", { topK: 5, seed: 7n }, undefined, { k: 5, seed: 7 }],
    ["mistral.mistral-large-2407-v1:0", { topK: 5 }, undefined, { top_k: 5 }],
    ["openai.gpt-oss-20b-1:0", { seed: 7n }, undefined, { seed: 7 }],
    ["openai.gpt-oss-20b-1:0", effort(LOW), "effort", { reasoning_effort: "low" }],
    ["us.openai.gpt-5.6-sol", effort(HIGH), "effort", { reasoning: { effort: "high" } }],
    ["us.openai.gpt-5.6-sol", effort(NONE), "effort", { reasoning: { effort: "none" } }],
    ["deepseek.v3.2", effort(HIGH), "effort", { reasoning_effort: "high" }],
    ["deepseek.v3.2", effort(NONE), "effort", {}],
    ["moonshotai.kimi-k2.5", effort(LOW), "effort", { reasoning_effort: "low" }],
    [
      "us.amazon.nova-2-lite-v1:0",
      { ...effort(LOW), topK: 5 },
      "effort",
      {
        inferenceConfig: { topK: 5 },
        reasoningConfig: { type: "enabled", maxReasoningEffort: "low" },
      },
    ],
    [
      "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      { reasoning: { budgetTokens: 2000 } },
      "budget",
      { thinking: { type: "enabled", budget_tokens: 2000 } },
    ],
    [
      "us.anthropic.claude-opus-4-8",
      effort(LOW),
      "adaptive",
      { thinking: { type: "adaptive" }, output_config: { effort: "low" } },
    ],
    [
      profile,
      effort(LOW),
      "adaptive",
      { thinking: { type: "adaptive" }, output_config: { effort: "low" } },
    ],
  ] as const) {
    const asked = JSON.stringify(request, (_, value) =>
      typeof value === "bigint" ? `${value}` : value,
    );
    it(`is ${JSON.stringify(fields)} for ${asked} to ${model}`, () => {
      assert.deepEqual(fieldsOf(model, request, reasoning).fields, fields);
    });
  }

  it("is no limit of tokens for Nova at high effort", () => {
    const nova = "us.amazon.nova-2-lite-v1:0";
    assert.equal(fieldsOf(nova, effort(HIGH), "effort").isUnlimited, true);
    assert.equal(fieldsOf(nova, effort(LOW), "effort").isUnlimited, false);
  });

  for (const [model, request, reasoning, field] of [
    ["meta.llama3-3-70b-instruct-v1:0", { topK: 5 }, undefined, "top_k"],
    ["deepseek.v3.2", { seed: 7n }, undefined, "seed"],
    ["us.anthropic.claude-sonnet-4-6", { seed: 7n }, undefined, "seed"],
    ["cohere.command-r-v1:0", { seed: 2n ** 60n }, undefined, "seed"],
    ["amazon.nova-pro-v1:0", { topK: 129 }, undefined, "top_k"],
    ["qwen.qwen3-32b-v1:0", effort(LOW), "effort", "reasoning.effort"],
    ["us.deepseek.r1-v1:0", effort(LOW), "always", "reasoning.effort"],
    ["openai.gpt-oss-20b-1:0", effort(LOW), undefined, "reasoning.effort"],
    ["openai.gpt-oss-20b-1:0", effort(NONE), "effort", "reasoning.effort"],
    [
      "openai.gpt-oss-20b-1:0",
      { reasoning: { budgetTokens: 2000 } },
      "effort",
      "reasoning.budget_tokens",
    ],
    [profile, { topK: 5 }, undefined, "top_k"],
    [profile, effort(LOW), "effort", "reasoning.effort"],
    ["us.anthropic.claude-opus-4-8", { ...effort(LOW), topK: 5 }, "adaptive", "top_k"],
  ] as const) {
    it(`is not ${field}, for ${model} told by ${reasoning}`, async () => {
      const error = await refusalOf(() => fieldsOf(model, request, reasoning));
      assert.equal(error.code, Code.InvalidArgument);
      assert.deepEqual(
        error.violations.map((violation) => violation.field),
        [field],
      );
    });
  }
});
