import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import type { Policy } from "../../../../server/core/policy.ts";
import { createPolicyFile } from "./policy-file.ts";

const file = createPolicyFile();
after(() => file.remove());

const all = { keys: [], tenants: [], models: [], assigned: false };

/** The only policy of a text, without its line. */
function policyOf(yaml: string): Partial<Policy> {
  const [first, ...others] = file.load(`policies:\n${yaml}`).policies;
  assert.equal(others.length, 0);
  const { where: _, ...policy } = first?.policy ?? {};
  return policy as Partial<Policy>;
}

describe("the setup guide's policies", () => {
  const guide = `policies:
  - name: pii-filter
    type: content_filter
    filters:
      - type: pii_detection
        action: redact
        entities: [SSN, CREDIT_CARD, EMAIL, PHONE]
  - name: daily-budget-limit
    type: budget
    limits:
      daily_cost_usd: 100
    action: deny
`;
  it("mean what they say", () => {
    const [pii, budget] = file.load(guide).policies.map(({ policy }) => policy);
    assert.ok(pii?.type === "content_filter" && budget?.type === "budget");
    assert.deepEqual(pii.filters, [
      {
        type: "pii_detection",
        rules: ["SSN", "CREDIT_CARD", "EMAIL", "PHONE"].map((entity) => ({
          entity,
          action: "redact",
          direction: "both",
        })),
        defaultRegion: "US",
      },
    ]);
    assert.deepEqual([pii.name, pii.appliesTo], ["pii-filter", all]);
    assert.match(pii.where, /:2$/);
    const { where, ...limit } = budget;
    assert.match(where, /:8$/);
    assert.deepEqual(limit, {
      type: "budget",
      name: "daily-budget-limit",
      appliesTo: all,
      scope: { kind: "gateway" },
      limits: [{ period: "day", rolling: false, limitNanoUsd: 100_000_000_000n }],
      action: { kind: "deny" },
      zone: "UTC",
      alertPercents: [50, 80, 100],
    });
  });
});

describe("policies in a file", () => {
  it("say of a budget all that there is to say", () => {
    const policy = policyOf(`
  - name: teams
    type: budget
    applies_to: {keys: [a, team-*], tenants: acme, models: "claude-*,fast"}
    assigned: true
    scope: tag:team
    limits: {minute_cost_usd: 0.000000001, hourly_cost_usd: 1.10, daily_cost_usd: "2", weekly_cost_usd: 5, monthly_cost_usd: 123456789.987654321}
    rolling: true
    action: {downgrade: claude-3-haiku}
    alerts_percent: [90, 10, 90]
`);
    const limit = (period: string, limitNanoUsd: bigint) => ({
      period,
      rolling: true,
      limitNanoUsd,
    });
    assert.deepEqual(policy, {
      type: "budget",
      name: "teams",
      appliesTo: {
        keys: ["a", "team-*"],
        tenants: ["acme"],
        models: ["claude-*", "fast"],
        assigned: true,
      },
      scope: { kind: "tag", tag: "team" },
      limits: [
        limit("minute", 1n),
        limit("hour", 1_100_000_000n),
        limit("day", 2_000_000_000n),
        limit("week", 5_000_000_000n),
        limit("month", 123_456_789_987_654_321n),
      ],
      action: { kind: "downgrade", model: "claude-3-haiku" },
      zone: "UTC",
      alertPercents: [10, 90],
    });
  });

  it("say of a rate limit all that there is to say", () => {
    const policy = policyOf(`
  - name: fair
    type: rate_limit
    scope: key_and_model
    limits: {requests_per_minute: 600, tokens_per_minute: 100000, concurrent_streams: 20}
    wait_ms: 500
    action: deny
`);
    assert.deepEqual(policy, {
      type: "rate_limit",
      name: "fair",
      appliesTo: all,
      scope: "key_and_model",
      limits: { requestsPerMinute: 600, tokensPerMinute: 100_000, concurrentStreams: 20 },
      waitMs: 500,
    });
  });

  it("say of a content filter all that there is to say", () => {
    const policy = policyOf(`
  - name: clean
    type: content_filter
    filters:
      - type: pii_detection
        direction: request
        default_region: DE
        entities:
          - SSN
          - {entity: EMAIL, action: pseudonymize}
          - {entity: EMAIL, action: mask, direction: response}
          - {entity: PHONE, action: allow, direction: both}
      - {type: blocked_words, words: [Voldemort, "he who"]}
      - {type: blocked_words, direction: response, words: {rivals: [Acme], slang: [foo, bar]}}
      - {type: denied_topics, topics: {weapons: [gun]}, action: block}
      - {type: blocked_patterns, patterns: {ticket: 'ACME-[0-9]+'}}
      - {type: blocked_patterns, patterns: ['x+y', 'y+z'], direction: request}
      - {type: prompt_injection}
      - {type: sql_injection, direction: both}
      - {type: max_prompt_size, max_bytes: 1000}
`);
    assert.ok(policy.type === "content_filter");
    const rule = (entity: string, action: string, direction: string) => ({
      entity,
      action,
      direction,
    });
    assert.deepEqual(policy.filters, [
      {
        type: "pii_detection",
        rules: [
          rule("SSN", "redact", "request"),
          rule("EMAIL", "pseudonymize", "request"),
          rule("EMAIL", "mask", "response"),
          rule("PHONE", "allow", "both"),
        ],
        defaultRegion: "DE",
      },
      {
        type: "blocked_words",
        direction: "both",
        words: new Map([["blocked_words", ["Voldemort", "he who"]]]),
      },
      {
        type: "blocked_words",
        direction: "response",
        words: new Map([
          ["rivals", ["Acme"]],
          ["slang", ["foo", "bar"]],
        ]),
      },
      { type: "denied_topics", direction: "both", words: new Map([["weapons", ["gun"]]]) },
      {
        type: "blocked_patterns",
        direction: "both",
        patterns: new Map([["ticket", "ACME-[0-9]+"]]),
      },
      {
        type: "blocked_patterns",
        direction: "request",
        patterns: new Map([
          ["pattern-1", "x+y"],
          ["pattern-2", "y+z"],
        ]),
      },
      { type: "prompt_injection", direction: "request" },
      { type: "sql_injection", direction: "both" },
      { type: "max_prompt_size", maxBytes: 1000 },
    ]);
  });

  it("say what is different for some calls", () => {
    const [first] = file.load(`policies:
  - name: daily
    type: budget
    scope: key
    limits: {daily_cost_usd: 1}
    rolling: true
    overrides:
      - {keys: [a], limits: {daily_cost_usd: 2}}
      - {tenants: [acme], models: [fast], action: warn, alerts_percent: [90]}
      - keys: [b]
        enabled: false
`).policies;
    const selection = { keys: [], tenants: [], models: [] };
    const limits = [{ period: "day", rolling: true, limitNanoUsd: 2_000_000_000n }];
    const lines = first?.overrides.map(({ where, ...override }) => {
      return { ...override, line: where.slice(where.lastIndexOf(":") + 1) };
    });
    assert.deepEqual(lines, [
      {
        selection: { ...selection, keys: ["a"] },
        changes: { limits },
        enabled: undefined,
        line: "8",
      },
      {
        selection: { ...selection, tenants: ["acme"], models: ["fast"] },
        changes: { action: { kind: "warn" }, alertPercents: [90] },
        enabled: undefined,
        line: "9",
      },
      { selection: { ...selection, keys: ["b"] }, changes: {}, enabled: false, line: "10" },
    ]);
  });

  for (const yaml of ["", "policies:\n", "policies: []\n"]) {
    it(`may be left out: ${JSON.stringify(yaml)}`, () =>
      assert.deepEqual(file.load(yaml).policies, []));
  }
});

describe("docs/policies.md", () => {
  const text = readFileSync(new URL("../../../../docs/policies.md", import.meta.url), "utf8");
  const examples = [...text.matchAll(/```yaml\n(.*?)```/gs)].flatMap(([, yaml]) => yaml ?? []);

  it("has examples that can be read as they stand", () => {
    assert.ok(examples.length >= 5);
    for (const yaml of examples) file.load(yaml);
  });
});
