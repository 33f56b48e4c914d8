import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import fc from "fast-check";
import {
  type CompleteRequestSchema,
  ReasoningEffort,
} from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { ReasoningControl } from "../../../../../server/core/model-traits.ts";
import { claudeThinking } from "../../../../../server/providers/bedrock/codecs/claude-thinking.ts";
import { sampleEndpoint, sampleRequest } from "../../../../fakes/calls.ts";
import { refusalOf } from "../../../../fakes/outcomes.ts";

type Request = MessageInitShape<typeof CompleteRequestSchema>;

const { LOW, MEDIUM, HIGH, NONE, UNSPECIFIED } = ReasoningEffort;

const told = (
  control: ReasoningControl | undefined,
  reasoning: object,
  change: object = {},
  maxTokens = 10_000,
) => {
  const endpoint = sampleEndpoint({ traits: { refuses: new Set(), reasoning: control } });
  return claudeThinking(sampleRequest({ ...change, reasoning } as Request), endpoint, maxTokens);
};

async function assertRefused(field: string, ask: () => unknown): Promise<void> {
  const error = await refusalOf(ask);
  assert.equal(error.code, Code.InvalidArgument);
  assert.deepEqual(
    error.violations.map((violation) => violation.field),
    [field],
  );
}

describe("how Claude is told to reason", () => {
  for (const [about, control, reasoning, written] of [
    ["a fifth of max_tokens", "budget", { effort: LOW }, 2000],
    ["half of max_tokens", "budget", { effort: MEDIUM }, 5000],
    ["four fifths of max_tokens", "budget", { effort: HIGH }, 8000],
    ["the budget", "budget", { budgetTokens: 1024 }, 1024],
    ["the budget", "budget", { budgetTokens: 9999 }, 9999],
  ] as const) {
    it(`is ${about} for ${JSON.stringify(reasoning)} where it takes a budget`, () => {
      assert.deepEqual(told(control, reasoning), {
        thinking: { type: "enabled", budget_tokens: written },
      });
    });
  }

  for (const [effort, word] of [
    [LOW, "low"],
    [MEDIUM, "medium"],
    [HIGH, "high"],
  ] as const) {
    it(`is the effort ${word} where it decides itself how long`, () => {
      assert.deepEqual(told("adaptive", { effort }), {
        thinking: { type: "adaptive" },
        effort: word,
      });
      assert.deepEqual(told("effort", { effort }), { effort: word });
    });
  }

  for (const control of ["budget", "adaptive", "effort"] as const) {
    it(`can be not at all where it takes ${control}`, () => {
      assert.deepEqual(told(control, { effort: NONE }), { thinking: { type: "disabled" } });
    });
  }

  it("is nothing where nobody asks", () => {
    assert.deepEqual(told(undefined, { effort: UNSPECIFIED }), {});
    assert.deepEqual(claudeThinking(sampleRequest(), sampleEndpoint(), 4096), {});
  });

  it("always leaves tokens for the answer, and enough for a thought", () => {
    const anyEffort = fc.constantFrom(LOW, MEDIUM, HIGH);
    fc.assert(
      fc.property(anyEffort, fc.integer({ min: 1025, max: 128_000 }), (effort, maxTokens) => {
        const budget = told("budget", { effort }, {}, maxTokens).thinking?.budget_tokens ?? 0;
        assert.ok(budget >= 1024 && budget < maxTokens);
      }),
    );
  });
});

describe("a wish that Claude cannot be told", () => {
  for (const [control, reasoning, field] of [
    [undefined, { effort: LOW }, "reasoning.effort"],
    [undefined, { effort: NONE }, "reasoning.effort"],
    [undefined, { budgetTokens: 2000 }, "reasoning.budget_tokens"],
    ["always", { effort: LOW }, "reasoning.effort"],
    ["adaptive", { budgetTokens: 2000 }, "reasoning.budget_tokens"],
    ["effort", { budgetTokens: 2000 }, "reasoning.budget_tokens"],
    ["budget", { budgetTokens: 1023 }, "reasoning.budget_tokens"],
    ["budget", { budgetTokens: 10_000 }, "reasoning.budget_tokens"],
  ] as const) {
    it(`is refused: ${JSON.stringify(reasoning)} for ${control}`, () =>
      assertRefused(field, () => told(control, reasoning)));
  }

  it("is refused where max_tokens leaves no room for a thought", () =>
    assertRefused("reasoning.effort", () => told("budget", { effort: HIGH }, {}, 1024)));

  for (const [field, change] of [
    ["temperature", { temperature: 0.9 }],
    ["top_p", { topP: 0.94 }],
    ["top_k", { topK: 40 }],
    ["tool_choice.any", { toolChoice: { choice: { case: "any", value: {} } } }],
    ["tool_choice.tool_name", { toolChoice: { choice: { case: "toolName", value: "now" } } }],
  ] as const) {
    it(`is refused with ${field}`, () =>
      assertRefused(field, () => told("budget", { effort: LOW }, change)));
  }

  for (const [about, change] of [
    ["temperature 1", { temperature: 1 }],
    ["top_p 0.95", { topP: 0.95 }],
    ["a free choice of tools", { toolChoice: { choice: { case: "auto", value: {} } } }],
  ] as const) {
    it(`does not come of ${about}`, () => {
      assert.ok(told("budget", { effort: LOW }, change).thinking);
    });
  }

  it("does not come of anything where reasoning is switched off", () => {
    assert.ok(told("budget", { effort: NONE }, { temperature: 0, topK: 5 }).thinking);
  });

  it("does not come of a forced tool where the model decides itself: only newer ones do", () => {
    const toolChoice = { choice: { case: "any", value: {} } } as const;
    assert.ok(told("adaptive", { effort: LOW }, { toolChoice }).thinking);
  });
});
