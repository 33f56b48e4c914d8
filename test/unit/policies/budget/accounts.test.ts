import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BudgetPolicy } from "../../../../server/core/policy.ts";
import { createAccountsOf } from "../../../../server/policies/budget/accounts.ts";
import { sampleBudget, usd } from "../../../fakes/budgets.ts";
import { sampleCall, sampleRequest } from "../../../fakes/calls.ts";

const call = sampleCall({
  principal: { name: "ci", tenant: "acme" },
  request: sampleRequest({ tags: { team: "search" } }),
});
const noon = Date.parse("2026-11-23T12:00Z");
const namesOf = (...budgets: BudgetPolicy[]) =>
  createAccountsOf()(budgets, "claude", call, noon).map(({ account }) => account.name);

describe("the accounts of a call", () => {
  const scopes: ReadonlyArray<readonly [scope: BudgetPolicy["scope"], name: string]> = [
    [{ kind: "gateway" }, "daily/day/gateway"],
    [{ kind: "key" }, "daily/day/key:ci"],
    [{ kind: "tenant" }, "daily/day/tenant:acme"],
    [{ kind: "model" }, "daily/day/model:claude"],
    [{ kind: "tag", tag: "team" }, "daily/day/tag:team=search"],
    [{ kind: "tag", tag: "app" }, "daily/day/tag:app="],
  ];
  for (const [scope, name] of scopes) {
    it(`are counted for ${JSON.stringify(scope)} as ${name}`, () => {
      assert.deepEqual(namesOf(sampleBudget({ scope })), [name]);
    });
  }
  it("are one for each limit of each budget", () => {
    const limits = [
      { period: "day", rolling: false, limitNanoUsd: usd(1) },
      { period: "month", rolling: true, limitNanoUsd: usd(9) },
    ] as const;
    const names = namesOf(sampleBudget({ limits }), sampleBudget({ name: "other" }));
    assert.deepEqual(names, [
      "daily/day/gateway",
      "daily/rolling-month/gateway",
      "other/day/gateway",
    ]);
  });
  it("come once by their name, with the lower limit", () => {
    const limits = [5, 2, 7].map((amount) => ({
      period: "day" as const,
      rolling: false,
      limitNanoUsd: usd(amount),
    }));
    const [only, ...others] = createAccountsOf()([sampleBudget({ limits })], "m", call, noon);
    assert.equal(only?.account.limitNanoUsd, usd(2));
    assert.deepEqual(others, []);
  });
  it("hold only where the action is more than a warning", () => {
    const accountsOf = createAccountsOf();
    for (const kind of ["deny", "warn"] as const) {
      const [found] = accountsOf([sampleBudget({ action: { kind } })], "m", call, noon);
      assert.equal(found?.account.enforced, kind === "deny");
    }
  });
  it("begin anew when the window is over, and not before", () => {
    const accountsOf = createAccountsOf();
    const budgets = [sampleBudget()];
    const at = (iso: string) => accountsOf(budgets, "m", call, Date.parse(iso))[0]?.account.window;
    const today = at("2026-11-23T12:00Z");
    assert.equal(at("2026-11-23T23:59:59.999Z"), today);
    assert.deepEqual(at("2026-11-24T00:00Z"), {
      kind: "calendar",
      startEpochMs: Date.parse("2026-11-24"),
      endEpochMs: Date.parse("2026-11-25"),
    });
  });
});
