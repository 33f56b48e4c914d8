import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createModelNames } from "../../../server/app/model-names.ts";
import { policyModelProblems, policyModelWarnings } from "../../../server/app/policy-models.ts";
import type { BudgetAction, Policies } from "../../../server/core/policy.ts";
import { createCatalogue } from "../../../server/routing/catalogue.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";

const catalogue = createCatalogue({
  regions: new Map([["bedrock", ["us-east-1"]]]),
  defaultModel: "claude-3-haiku",
  clock: createManualClock(),
  overrides: { models: new Map(), aliases: new Map([["fast", "claude-3-haiku"]]) },
});
const modelNames = createModelNames({ catalogue, defaultModels: [], providers: ["bedrock"] });

function optionsOf(models: readonly string[], action: BudgetAction = { kind: "deny" }) {
  const selection = { keys: [], tenants: [] };
  const policies: Policies = [
    {
      policy: {
        type: "budget",
        name: "b",
        appliesTo: { ...selection, models, assigned: false },
        scope: { kind: "gateway" },
        limits: [],
        action,
        zone: "UTC",
        alertPercents: [],
        where: "f:1",
      },
      overrides: [],
    },
  ];
  return { policies, catalogue, modelNames, routeNames: new Set(["smart"]) };
}

describe("models that policies name", () => {
  for (const model of [
    "claude-3-haiku",
    "fast",
    "smart",
    "claude-*",
    "nothing-*",
    "anthropic.claude-from-the-future",
    "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/x",
  ]) {
    it(`may be ${model}`, () => assert.deepEqual(policyModelProblems(optionsOf([model])), []));
  }

  it("are told where there is no such model, with names that look like it", () => {
    const [problem = ""] = policyModelProblems(optionsOf(["claude-3-hiku"]));
    assert.match(
      problem,
      /^f:1: policies\.b: there is no model claude-3-hiku\. Did you mean claude-3-haiku/,
    );
  });

  it("are noted where a pattern fits none of them now", () => {
    assert.deepEqual(policyModelWarnings(optionsOf(["claude-*"])), []);
    assert.match(policyModelWarnings(optionsOf(["nothing-*"]))[0] ?? "", /policy b .*nothing-\*/);
  });

  for (const [about, models, target, problem] of [
    ["to a model that there is not", [], "claude-3-hiku", /there is no model claude-3-hiku/],
    ["to itself", ["claude-3-haiku"], "claude-3-haiku", /is the one that the budget is about/],
    [
      "to itself by another name",
      ["claude-3-haiku"],
      "fast",
      /is the one that the budget is about/,
    ],
  ] as const) {
    it(`cannot be gone down ${about}`, () => {
      const [found = "", ...others] = policyModelProblems(
        optionsOf(models, { kind: "downgrade", model: target }),
      );
      assert.match(found, problem);
      assert.deepEqual(others, []);
    });
  }

  for (const models of [[], ["claude-3-haiku", "claude-3-opus"], ["claude-*"]]) {
    it(`can be gone down to from ${models.join(", ") || "all"}`, () => {
      const action = { kind: "downgrade", model: "fast" } as const;
      assert.deepEqual(policyModelProblems(optionsOf(models, action)), []);
    });
  }
});
