import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createPolicyFile } from "./policy-file.ts";

const file = createPolicyFile();
after(() => file.remove());

describe("keys in a file", () => {
  const policies = `policies:
  - {name: strict, type: rate_limit, assigned: true, limits: {requests_per_minute: 1}}
  - {name: for-all, type: rate_limit, limits: {requests_per_minute: 1}}
`;
  it("say what single keys may do", () => {
    const { keyGrants } = file.load(`${policies}
keys:
  billing:
    tenant: acme
    allowed_models: [claude-*, us.anthropic.*]
    allowed_providers: [bedrock]
    allowed_regions: [us-*]
    policies: [strict]
    budgets: {daily_cost_usd: 5.5, rolling: true}
    rates: {requests_per_minute: 60}
`);
    const { where, ...grants } = keyGrants.get("billing") ?? {};
    assert.match(where ?? "", /:6: keys\.billing$/);
    assert.deepEqual(grants, {
      tenant: "acme",
      models: ["claude-*", "us.anthropic.*"],
      providers: ["bedrock"],
      regions: ["us-*"],
      policies: ["strict"],
      budgets: [{ period: "day", rolling: true, limitNanoUsd: 5_500_000_000n }],
      rates: { requestsPerMinute: 60 },
    });
  });

  for (const [about, members, expected] of [
    [
      "an unknown policy",
      "policies: [strikt]",
      /^FILE:5: .*there is no policy "strikt"\. Did you mean strict\?/,
    ],
    ["a policy that holds for all", "policies: [for-all]", /does not need keys to name it/],
    ["a budget of nothing", "budgets: {rolling: true}", /budgets: has no limit/],
    ["an unknown rate", "rates: {request_per_minute: 1}", /Did you mean requests_per_minute\?/],
    ["a tenant of many words", "tenant: a b", /tenant: must be a name/],
  ] as const) {
    it(`may not have ${about}`, () => {
      const [problem = "", ...others] = file.problemsOf(`${policies}keys:\n  k: {${members}}\n`);
      assert.match(problem, expected);
      assert.deepEqual(others, []);
    });
  }
});
