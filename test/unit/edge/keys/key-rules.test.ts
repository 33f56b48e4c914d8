import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  CreateKeyRequestSchema,
  type KeyGrantsSchema,
} from "../../../../gen/axonflow/gateway/v1/key_pb.ts";
import { ModelSchema } from "../../../../gen/axonflow/gateway/v1/model_pb.ts";
import { BudgetPeriod } from "../../../../gen/axonflow/gateway/v1/usage_pb.ts";
import type { Policies } from "../../../../server/core/policy.ts";
import { readNewKey } from "../../../../server/edge/keys/key-rules.ts";
import { refusalOf } from "../../../fakes/outcomes.ts";

type Request = MessageInitShape<typeof CreateKeyRequestSchema>;
type Grants = MessageInitShape<typeof KeyGrantsSchema>;

function policyOf(name: string, assigned: boolean): Policies[number] {
  const appliesTo = { keys: [], tenants: [], models: [], assigned };
  return {
    policy: { type: "content_filter", name, appliesTo, filters: [], where: "f:1" },
    overrides: [],
  };
}

const haiku = create(ModelSchema, { name: "claude-3-haiku" });
const options = {
  catalogue: {
    find: (name: string) => (name === haiku.name ? haiku : undefined),
    nearNames: () => [haiku.name],
  },
  policies: () => [policyOf("strict-pii", true), policyOf("pii-filter", false)],
};
const read = (request: Request) => readNewKey(create(CreateKeyRequestSchema, request), options);
const { DAY: day, HOUR: hour, WEEK: week, MONTH: month } = BudgetPeriod;

describe("what a new key is asked to be", () => {
  it("may be no more than a name", () => {
    assert.deepEqual(read({ name: "billing" }), {
      name: "billing",
      tenant: "",
      grants: { models: [], providers: [], regions: [], policies: [], budgets: [] },
    });
  });

  it("is read whole, to the last nano-USD", () => {
    const limitNanoUsd = 999_999_999_999_999_999n;
    const grants: Grants = {
      allowedModels: ["claude-3-haiku", "claude-*", "us.anthropic.claude-3-haiku-20240307-v1:0"],
      allowedProviders: ["bedrock", "open*"],
      allowedRegions: ["us-*"],
      policies: ["strict-pii"],
      budgets: [
        { period: day, limitNanoUsd },
        { period: week, rolling: true, limitNanoUsd },
      ],
      rates: { requestsPerMinute: 1n, concurrentStreams: 1_000_000_000_000n },
    };
    assert.deepEqual(read({ name: "a.B_9-", tenant: "acme", grants }), {
      name: "a.B_9-",
      tenant: "acme",
      grants: {
        models: grants.allowedModels,
        providers: grants.allowedProviders,
        regions: grants.allowedRegions,
        policies: ["strict-pii"],
        budgets: [
          { period: "day", rolling: false, limitNanoUsd },
          { period: "week", rolling: true, limitNanoUsd },
        ],
        rates: { requestsPerMinute: 1, concurrentStreams: 1_000_000_000_000 },
      },
    });
  });

  const budget = (period: BudgetPeriod, limitNanoUsd: bigint) => ({ period, limitNanoUsd });
  const grantsTable: readonly (readonly [string, Grants, string, RegExp])[] = [
    ["a model with a space", { allowedModels: ["a b"] }, "allowed_models[0]", /name, id or ARN/],
    ["no model", { allowedModels: ["claude-*", ""] }, "allowed_models[1]", /name, id or ARN/],
    ["a misspelt model", { allowedModels: ["claude-3-hiku"] }, "allowed_models[0]", /Did you mean/],
    ["65 models", { allowedModels: Array(65).fill("x*") }, "allowed_models", /At most 64/],
    ["a provider in capitals", { allowedProviders: ["AWS"] }, "allowed_providers[0]", /a-z/],
    ["65 providers", { allowedProviders: Array(65).fill("x") }, "allowed_providers", /At most 64/],
    ["a region with a dot", { allowedRegions: ["us.east"] }, "allowed_regions[0]", /a-z/],
    ["an unknown policy", { policies: ["strict"] }, "policies[0]", /no such policy/],
    ["a policy of all", { policies: ["pii-filter"] }, "policies[0]", /assigned: true/],
    ["65 policies", { policies: Array(65).fill("x") }, "policies", /At most 64/],
    ["no period", { budgets: [budget(0, 1n)] }, "budgets[0].period", /Must be set/],
    ["an unknown period", { budgets: [budget(99 as never, 1n)] }, "budgets[0].period", /Must be/],
    ["a free budget", { budgets: [budget(day, 0n)] }, "budgets[0].limit_nano_usd", /above 0/],
    ["debts", { budgets: [budget(day, -1n)] }, "budgets[0].limit_nano_usd", /above 0/],
    ["riches", { budgets: [budget(day, 10n ** 18n)] }, "budgets[0].limit_nano_usd", /billion/],
    ["a day twice", { budgets: [budget(day, 1n), budget(day, 2n)] }, "budgets[1].period", /twice/],
    ["an idle hour", { budgets: [budget(hour, 2n), budget(month, 1n)] }, "budgets", /the hour can/],
    ["no calls", { rates: { requestsPerMinute: 0n } }, "rates.requests_per_minute", /1 to/],
    ["less than none", { rates: { tokensPerMinute: -1n } }, "rates.tokens_per_minute", /1 to/],
    [
      "too many streams",
      { rates: { concurrentStreams: 10n ** 13n } },
      "rates.concurrent_streams",
      /1 to/,
    ],
  ];
  for (const [about, grants, field, rule] of grantsTable) {
    it(`cannot be ${about}: grants.${field}`, async () => {
      const { violations } = await refusalOf(() => read({ name: "billing", grants }));
      assert.deepEqual(
        violations.map((each) => each.field),
        [`grants.${field}`],
      );
      assert.match(violations[0]?.description ?? "", rule);
    });
  }

  for (const name of ["", " ", "a b", "x".repeat(65), "ünïcode", "a/b", "a\n"]) {
    it(`cannot have the name or tenant ${JSON.stringify(name.slice(0, 8))}`, async () => {
      const named = await refusalOf(() => read({ name }));
      assert.equal(named.violations[0]?.field, "name");
      if (name === "") return;
      const ofTenant = await refusalOf(() => read({ name: "billing", tenant: name }));
      assert.equal(ofTenant.violations[0]?.field, "tenant");
    });
  }

  it("is told everything that is wrong with it at once", async () => {
    const { violations } = await refusalOf(() =>
      read({
        name: "",
        tenant: "?",
        grants: { allowedRegions: ["?"], budgets: [budget(day, 0n)], rates: {} },
      }),
    );
    assert.equal(violations.length, 4);
  });
});
