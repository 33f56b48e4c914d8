import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Principal } from "../../../server/core/call.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { KeyGrants } from "../../../server/core/key-grants.ts";
import type {
  AppliesTo,
  BudgetPolicy,
  ContentFilterPolicy,
  PiiAction,
  PiiRule,
  Policies,
  PolicyDirection,
  RateLimitPolicy,
} from "../../../server/core/policy.ts";
import type { CallPolicies } from "../../../server/policies/call-policies.ts";
import { createPoliciesFor, type ModelNames } from "../../../server/policies/policies-for.ts";
import { sampleRequest } from "../../fakes/calls.ts";

const all: AppliesTo = { keys: [], tenants: [], models: [], assigned: false };

function budget(name: string, change: Partial<BudgetPolicy> = {}): BudgetPolicy {
  return {
    type: "budget",
    name,
    appliesTo: all,
    scope: { kind: "gateway" },
    limits: [{ period: "day", rolling: false, limitNanoUsd: 1n }],
    action: { kind: "deny" },
    zone: "UTC",
    alertPercents: [],
    where: "f:1",
    ...change,
  };
}

function rate(name: string, change: Partial<RateLimitPolicy> = {}): RateLimitPolicy {
  const limits = { requestsPerMinute: 1 };
  return {
    type: "rate_limit",
    name,
    appliesTo: all,
    scope: "key",
    limits,
    where: "f:1",
    ...change,
  };
}

function pii(name: string, ...rules: readonly PiiRule[]): ContentFilterPolicy {
  const filters = [{ type: "pii_detection", rules, defaultRegion: "US" }] as const;
  return { type: "content_filter", name, appliesTo: all, filters, where: "f:1" };
}

const rule = (entity: string, action: PiiAction, direction: PolicyDirection = "both") => ({
  entity,
  action,
  direction,
});

const plain = (...policies: readonly (BudgetPolicy | RateLimitPolicy | ContentFilterPolicy)[]) =>
  policies.map((policy) => ({ policy, overrides: [] })) as Policies;

/** Haiku by all of its names; every other model has one. */
const haiku = ["claude-3-haiku", "anthropic.claude-3-haiku-20240307-v1:0", "fast"] as const;
const names = new Map<string, readonly [string, ...string[]]>(haiku.map((name) => [name, haiku]));
const modelNames: ModelNames = (asked) => {
  const known = names.get(asked) ?? ([asked] as const);
  names.set(asked, known);
  return known;
};

function ask(policies: Policies, principal: Principal, model = "") {
  const policiesFor = createPoliciesFor({ policies, modelNames });
  return policiesFor({ principal, request: sampleRequest({ model }) });
}

const budgetNames = ({ budgets }: CallPolicies) => budgets.map(({ name }) => name);

const grants = (change: Partial<KeyGrants> = {}): KeyGrants => ({
  providers: [],
  regions: [],
  models: [],
  policies: [],
  budgets: [],
  ...change,
});

describe("the policies of a call", () => {
  for (const [about, appliesTo, principal, model, holds] of [
    ["of any key, when they name none", {}, { name: "a" }, "", true],
    ["of a key that they name", { keys: ["a"] }, { name: "a" }, "", true],
    ["of no other key", { keys: ["a"] }, { name: "ab" }, "", false],
    ["of keys of a pattern", { keys: ["team-*"] }, { name: "team-1" }, "", true],
    ["of a tenant that they name", { tenants: ["t"] }, { name: "a", tenant: "t" }, "", true],
    ["of no other tenant", { tenants: ["t"] }, { name: "a", tenant: "u" }, "", false],
    ["of no key without a tenant", { tenants: ["*"] }, { name: "a" }, "", false],
    ["of a model by its name", { models: ["claude-3-haiku"] }, { name: "a" }, haiku[0], true],
    ["of a model by its alias", { models: ["claude-3-*"] }, { name: "a" }, "fast", true],
    ["of a model by its id", { models: ["fast"] }, { name: "a" }, haiku[1], true],
    ["of no other model", { models: ["claude-*"] }, { name: "a" }, "gpt-4o", false],
    [
      "of a key and a model together",
      { keys: ["a"], models: ["fast"] },
      { name: "a" },
      "fast",
      true,
    ],
    ["of neither alone", { keys: ["a"], models: ["fast"] }, { name: "b" }, "fast", false],
    ["of keys that are held to them", { assigned: true }, { name: "a" }, "", false],
  ] as const) {
    it(`are those ${about}: ${holds}`, () => {
      const policies = plain(budget("b", { appliesTo: { ...all, ...appliesTo } }), budget("c"));
      const found = ask(policies, principal, model);
      assert.deepEqual(budgetNames(found), holds ? ["b", "c"] : ["c"]);
    });
  }

  it("are those that the key is held to, and still only where they apply", () => {
    const assigned = { ...all, assigned: true };
    const policies = plain(
      budget("held", { appliesTo: assigned }),
      budget("other", { appliesTo: assigned }),
      budget("of-another-model", { appliesTo: { ...assigned, models: ["gpt-*"] } }),
    );
    const held = grants({ policies: ["held", "of-another-model"] });
    assert.deepEqual(budgetNames(ask(policies, { name: "a", grants: held }, "fast")), ["held"]);
  });

  it("are refused, not left out, when the key is held to one that there is not", () => {
    const principal = { name: "a", grants: grants({ policies: ["strict"] }) };
    assert.throws(
      () => ask(plain(budget("b")), principal),
      (error) =>
        error instanceof GatewayError &&
        error.reason === ErrorReason.BLOCKED_BY_POLICY &&
        /key a .*policy strict/.test(error.message),
    );
  });

  it("have the key's own limits beside them", () => {
    const limits = [{ period: "month", rolling: true, limitNanoUsd: 5n }] as const;
    const rates = { tokensPerMinute: 10 };
    const principal = { name: "a", grants: grants({ budgets: limits, rates }) };
    const found = ask(plain(budget("b"), rate("r")), principal);
    assert.deepEqual(budgetNames(found), ["b", "key:a"]);
    const own = found.budgets[1];
    assert.deepEqual(
      [own?.scope, own?.limits, own?.action],
      [{ kind: "key" }, limits, { kind: "deny" }],
    );
    assert.deepEqual(
      found.rates.map(({ name, scope, limits }) => [name, scope, limits]),
      [
        ["r", "key", { requestsPerMinute: 1 }],
        ["key:a", "key", rates],
      ],
    );
  });

  it("name the model by its canonical name", () => {
    assert.equal(ask([], { name: "a" }, "fast").model, "claude-3-haiku");
  });

  it("are one object for every call of a key for a model, and anew when its grants change", () => {
    const policiesFor = createPoliciesFor({ policies: plain(budget("b")), modelNames });
    const request = sampleRequest({ model: "fast" });
    const first = policiesFor({ principal: { name: "a" }, request });
    assert.equal(policiesFor({ principal: { name: "a" }, request }), first);
    const granted = { name: "a", grants: grants({ rates: { requestsPerMinute: 1 } }) };
    assert.notEqual(policiesFor({ principal: granted, request }), first);
    assert.notEqual(policiesFor({ principal: { name: "a", tenant: "t" }, request }), first);
  });

  it("are right for more models than are remembered", () => {
    const policies = plain(budget("b", { appliesTo: { ...all, models: ["m-7*"] } }));
    const policiesFor = createPoliciesFor({ policies, modelNames: (asked) => [asked] });
    for (let n = 0; n < 10_000; n++) {
      const request = sampleRequest({ model: `m-${n}` });
      const found = policiesFor({ principal: { name: "a" }, request });
      assert.equal(found.budgets.length, String(n).startsWith("7") ? 1 : 0, `m-${n}`);
    }
  });
});

describe("rules for personal data", () => {
  const entities = (rules: ReadonlyMap<string, { action: string; policy: string }> | undefined) =>
    [...(rules ?? [])].map(([entity, { action, policy }]) => `${entity} ${action} ${policy}`);

  it("are not there where no policy has any", () => {
    assert.equal(ask(plain(budget("b")), { name: "a" }).pii, undefined);
  });

  it("hold in the direction that they name", () => {
    const policies = plain(
      pii("p", rule("EMAIL", "redact", "request"), rule("PHONE", "mask", "response")),
    );
    const found = ask(policies, { name: "a" }).pii;
    assert.deepEqual(entities(found?.request), ["EMAIL redact p"]);
    assert.deepEqual(entities(found?.response), ["PHONE mask p"]);
  });

  const actions = ["allow", "pseudonymize", "mask", "redact", "block"] as const;
  for (const [mild, milder] of actions.entries()) {
    for (const stricter of actions.slice(mild + 1)) {
      it(`are the stricter of two policies: ${stricter} over ${milder}, in either order`, () => {
        for (const [first, second] of [
          [milder, stricter],
          [stricter, milder],
        ] as const) {
          const policies = plain(pii("p", rule("SSN", first)), pii("q", rule("SSN", second)));
          const policy = first === stricter ? "p" : "q";
          const found = ask(policies, { name: "a" }).pii;
          assert.deepEqual(entities(found?.request), [`SSN ${stricter} ${policy}`]);
        }
      });
    }
  }
});

describe("overrides", () => {
  const selection = { keys: [], tenants: [], models: [] };
  const limit = (limitNanoUsd: bigint) =>
    [{ period: "day", rolling: false, limitNanoUsd }] as const;
  const policies: Policies = [
    {
      policy: budget("b", { limits: limit(1n) }),
      overrides: [
        {
          selection: { ...selection, keys: ["team-*"] },
          changes: { limits: limit(2n), action: { kind: "warn" } },
          enabled: undefined,
          where: "f:2",
        },
        {
          selection: { ...selection, tenants: ["vip"] },
          changes: { limits: limit(3n) },
          enabled: undefined,
          where: "f:3",
        },
        {
          selection: { ...selection, models: ["fast"] },
          changes: {},
          enabled: false,
          where: "f:4",
        },
        { selection: { ...selection, keys: ["team-9"] }, changes: {}, enabled: true, where: "f:5" },
      ],
    },
  ];
  for (const [about, principal, model, expected] of [
    ["leave other calls alone", { name: "x" }, "m", "1 deny"],
    ["change the members that they name", { name: "team-1" }, "m", "2 warn"],
    ["change one member and no other", { name: "x", tenant: "vip" }, "m", "3 deny"],
    ["go over earlier ones, member by member", { name: "team-1", tenant: "vip" }, "m", "3 warn"],
    ["can switch a policy off", { name: "team-1" }, "claude-3-haiku", undefined],
    ["can switch it on again", { name: "team-9" }, "fast", "2 warn"],
  ] as const) {
    it(about, () => {
      const [held] = ask(policies, principal, model).budgets;
      const words = held && `${held.limits[0]?.limitNanoUsd} ${held.action.kind}`;
      assert.equal(words, expected);
    });
  }

  it("give one object for each set of them, whichever key it is for", () => {
    const policiesFor = createPoliciesFor({ policies, modelNames });
    const of = (name: string) =>
      policiesFor({ principal: { name }, request: sampleRequest({ model: "m" }) }).budgets[0];
    assert.equal(of("team-1"), of("team-2"));
    assert.notEqual(of("team-1"), of("x"));
  });
});
