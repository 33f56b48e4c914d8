import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { accountName } from "../../../../server/policies/budget/accounts.ts";
import { createBudgetDirectory } from "../../../../server/policies/budget/budget-directory.ts";
import { sampleBudget } from "../../../fakes/budgets.ts";

const policies = ["daily", "daily/day", "team/a"].map((name) => sampleBudget({ name }));
const directory = createBudgetDirectory(policies);

describe("the name of an account", () => {
  for (const policy of policies) {
    for (const value of ["gateway", "key:ci", "tag:team=a/day/b", "tag:x="]) {
      for (const rolling of [true, false]) {
        const limit = { period: "week", rolling, limitNanoUsd: 1n } as const;
        const name = accountName(policy, limit, value);
        it(`${name} says what it was made of`, () => {
          const words = { budget: policy.name, period: "week", rolling, value, policy };
          assert.deepEqual(directory(name), words);
        });
      }
    }
  }
  it("says so too where the configuration does not have the policy", () => {
    assert.deepEqual(directory("key:ci/month/key:ci"), {
      budget: "key:ci",
      period: "month",
      rolling: false,
      value: "key:ci",
      policy: undefined,
    });
  });
  it("is nothing else", () => {
    for (const name of ["", "daily", "daily/", "daily/year/gateway", "other/x/gateway"]) {
      assert.equal(directory(name), undefined, name);
    }
  });
});
