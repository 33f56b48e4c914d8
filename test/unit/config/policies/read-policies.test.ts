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

/** A budget, a content filter and a rate limit, in which a line is added or put in place of another. */
const budget = (...lines: readonly string[]) =>
  ["policies:", "  - name: b", "    type: budget", ...lines.map((line) => `    ${line}`)].join(
    "\n",
  );
const filter = (...lines: readonly string[]) =>
  [
    "policies:",
    "  - name: f",
    "    type: content_filter",
    "    filters:",
    ...lines.map((line) => `      - ${line}`),
  ].join("\n");
const rate = (...lines: readonly string[]) =>
  ["policies:", "  - name: r", "    type: rate_limit", ...lines.map((line) => `    ${line}`)].join(
    "\n",
  );
const limits = "limits: {daily_cost_usd: 1}";

describe("what is wrong with a policy is named with its line", () => {
  for (const [about, yaml, ...expected] of [
    ["no list", "policies: {a: b}", /^FILE:1: policies: must be a list/],
    ["no map", "policies:\n  - budget", /^FILE:2: policies\[0\]: must be a map/],
    ["nothing at all", "policies:\n  -\n", /^FILE:[12]: policies\[0\]: must be a map/],
    ["no type", "policies:\n  - name: a", /^FILE:2: policies\.a: needs a type/],
    [
      "an unknown type",
      "policies:\n  - name: a\n    type: content_filters",
      /^FILE:3: policies\.a\.type: .*Did you mean content_filter\?/,
    ],
    [
      "no name",
      "policies:\n  - type: budget\n    limits: {daily_cost_usd: 1}",
      /FILE:2: .*needs a name/,
    ],
    [
      "a name of many words",
      budget(limits).replace("b\n", "a b\n"),
      /^FILE:2: .*name: must be 1 to 64/,
    ],
    [
      "a name twice",
      `${budget(limits)}\n${budget(limits).replace("policies:\n", "")}`,
      /^FILE:5: policies\.b: another policy has this name already \(FILE:2\)/,
    ],
    [
      "an unknown member",
      budget(limits, "limit: 1"),
      /^FILE:5: policies\.b: .*no "limit"\. Did you mean limits\?/,
    ],
    [
      "a limit beside limits",
      budget("daily_cost_usd: 1"),
      /^FILE:4: .*It stands in limits/,
      /has no limits/,
    ],
    [
      "no limits",
      budget("action: deny"),
      /^FILE:2: policies\.b: has no limits, so it would do nothing/,
    ],
    ["empty limits", budget("limits: {}"), /^FILE:4: policies\.b\.limits: must be a map/],
    [
      "an unknown limit",
      budget("limits: {daily_cost_eur: 1}"),
      /no "daily_cost_eur"\. Did you mean daily_cost_usd\?/,
    ],
    [
      "a rate in a budget",
      budget("limits: {tokens_per_minute: 1}"),
      /policy of the type rate_limit/,
    ],
    ...[
      "0",
      "-1",
      "1e3",
      ".5",
      "1.0000000001",
      "many",
      "1_000",
      "0x10",
      "[1]",
      "''",
      "null",
      "12345678901",
    ].map(
      (amount) =>
        [
          `the amount ${amount}`,
          budget(`limits: {daily_cost_usd: ${amount}}`),
          /^FILE:4: policies\.b\.limits\.daily_cost_usd: must be US dollars/,
        ] as const,
    ),
    [
      "a limit that is never reached",
      budget("limits: {daily_cost_usd: 10, monthly_cost_usd: 9.99}"),
      /daily_cost_usd: can never be reached, because the limit for the month is lower/,
    ],
    [
      "an unknown action",
      budget(limits, "action: denny"),
      /action: must be one of deny, warn.*Did you mean deny/,
    ],
    ["a downgrade to nothing", budget(limits, "action: downgrade"), /needs a model to go down to/],
    ["another action with a model", budget(limits, "action: {move: fast}"), /no "move"/],
    ["an unknown scope", budget(limits, "scope: keys"), /scope: must be one of gateway, key/],
    ["a zone of the moon", budget(limits, "zone: Moon/Crater"), /zone: must be a time zone/],
    [
      "a zone of a rolling budget",
      budget(limits, "zone: UTC", "rolling: true"),
      /zone: does nothing/,
    ],
    [
      "an alert above all",
      budget(limits, "alerts_percent: [101]"),
      /alerts_percent\[0\]: must be a whole number from 1 to 100/,
    ],
    [
      "applies_to nobody",
      budget(limits, "applies_to: {keys: []}"),
      /applies_to\.keys: must be a list/,
    ],
    [
      "an unknown selection",
      budget(limits, "applies_to: {key: [a]}"),
      /applies_to has no "key"\. Did you mean keys\?/,
    ],
    [
      "assigned within applies_to",
      budget(limits, "applies_to: {assigned: true}"),
      /assigned: true stands beside applies_to/,
    ],
    [
      "assigned perhaps",
      budget(limits, "assigned: perhaps"),
      /assigned: must be one of true, false/,
    ],
    [
      "a limit for some of one count",
      budget(limits, "overrides: [{keys: [a], limits: {daily_cost_usd: 2}}]"),
      /cannot have limits of its own for some keys\. .*one count/,
    ],
    [
      "a limit for some models of a key's count",
      budget(limits, "scope: key", "overrides: [{models: [a], limits: {daily_cost_usd: 2}}]"),
      /limits can differ by keys and tenants/,
    ],
    [
      "an override of all",
      budget(limits, "overrides: [{action: warn}]"),
      /names no keys, tenants or models/,
    ],
    [
      "an override of nothing",
      budget(limits, "overrides: [{keys: [a]}]"),
      /overrides\[0\]: changes nothing/,
    ],
    [
      "an override of a scope",
      budget(limits, "overrides: [{keys: [a], scope: key, action: warn}]"),
      /an override has no "scope"/,
    ],
    [
      "no filters",
      "policies:\n  - {name: f, type: content_filter}",
      /^FILE:2: policies\.f: has no filters, so it would do nothing/,
    ],
    [
      "an empty list of filters",
      "policies:\n  - {name: f, type: content_filter, filters: []}",
      /filters: must be a list/,
    ],
    [
      "an unknown filter",
      filter("type: pii_detector"),
      /^FILE:5: .*type: .*Did you mean pii_detection\?/,
    ],
    ["a filter without a type", filter("entities: [SSN]"), /^FILE:5: .*needs a type/],
    ["no entities", filter("type: pii_detection"), /names no entities/],
    [
      "an unknown entity",
      filter("{type: pii_detection, entities: [SSN, EMIAL]}"),
      /^FILE:5: .*entities\[1\]: .*Did you mean EMAIL\?/,
    ],
    [
      "an entity in small letters",
      filter("{type: pii_detection, entities: [ssn]}"),
      /Did you mean SSN\?/,
    ],
    [
      "an unknown action for an entity",
      filter("{type: pii_detection, entities: [{entity: SSN, action: redacted}]}"),
      /Did you mean redact\?/,
    ],
    [
      "an entity twice",
      filter(
        "{type: pii_detection, entities: [SSN, {entity: SSN, direction: request, action: block}]}",
      ),
      /more than one rule for SSN/,
    ],
    [
      "an entity in two filters",
      filter("{type: pii_detection, entities: [SSN]}", "{type: pii_detection, entities: [SSN]}"),
      /^FILE:6: .*more than one rule for SSN/,
    ],
    [
      "tokens for answers alone",
      filter("{type: pii_detection, action: pseudonymize, direction: response, entities: [SSN]}"),
      /pseudonymize does nothing to answers alone/,
    ],
    [
      "a country that is none",
      filter("{type: pii_detection, default_region: UK, entities: [PHONE]}"),
      /default_region: must be a country/,
    ],
    [
      "a country without phones",
      filter("{type: pii_detection, default_region: GB, entities: [SSN]}"),
      /entities have no PHONE/,
    ],
    [
      "a member of another filter",
      filter("{type: prompt_injection, words: [a]}"),
      /type prompt_injection has no words/,
    ],
    [
      "an action that words cannot have",
      filter("{type: blocked_words, action: redact, words: [a]}"),
      /can only block/,
    ],
    ["no words", filter("{type: blocked_words}"), /has no words, so it would do nothing/],
    ["an empty word", filter("{type: blocked_words, words: ['  ']}"), /words\[0\]: must be a text/],
    [
      "a word twice",
      filter("{type: blocked_words, words: [a, a]}"),
      /words\[1\]: stands there twice/,
    ],
    ["topics as a list", filter("{type: denied_topics, topics: [a]}"), /topics: must be a map/],
    [
      "a topic of many words",
      filter("{type: denied_topics, topics: {'a b': [a]}}"),
      /its name must be/,
    ],
    [
      "a broken pattern",
      filter("{type: blocked_patterns, patterns: {p: '(a'}}"),
      /patterns\.p: is not an expression of RE2/,
    ],
    [
      "a pattern that RE2 has not",
      filter("{type: blocked_patterns, patterns: {p: '(a)\\1'}}"),
      /is not an expression of RE2/,
    ],
    [
      "a pattern that matches nothing",
      filter("{type: blocked_patterns, patterns: {p: 'a*'}}"),
      /would block every text/,
    ],
    [
      "a prompt of no size",
      filter("{type: max_prompt_size, max_bytes: 0}"),
      /max_bytes: must be a whole number/,
    ],
    ["no rates", rate("scope: key"), /^FILE:2: policies\.r: has no limits/],
    [
      "a rate of nothing",
      rate("limits: {requests_per_minute: 0}"),
      /requests_per_minute: must be a whole number from 1/,
    ],
    [
      "a rate that warns",
      rate("limits: {requests_per_minute: 1}", "action: warn"),
      /action: can only be deny/,
    ],
    ["money in a rate", rate("limits: {daily_cost_usd: 1}"), /policy of the type budget/],
    [
      "a rate for some of one count",
      rate(
        "scope: model",
        "limits: {requests_per_minute: 1}",
        "overrides: [{keys: [a], limits: {requests_per_minute: 2}}]",
      ),
      /limits can differ by models/,
    ],
    [
      "an alias",
      `a: &a {daily_cost_usd: 1}\n${budget("limits: *a")}`,
      /^FILE:5: aliases .* are not read here/,
    ],
  ] as const) {
    it(about, () => {
      const problems = file.problemsOf(`${yaml}\n`);
      for (const [index, each] of expected.entries())
        assert.match(problems[index] ?? "", each as RegExp);
      assert.equal(problems.length, expected.length, problems.join("\n"));
    });
  }

  it("two countries for the phone numbers of one call", () => {
    const policy = (name: string, region: string, more = "") =>
      `  - {name: ${name}, type: content_filter, ${more}filters: [{type: pii_detection, entities: [PHONE], default_region: ${region}}]}\n`;
    const meeting = `policies:\n${policy("a", "US")}${policy("b", "GB")}`;
    assert.match(
      file.problemsOf(meeting)[0] ?? "",
      /^FILE:3: policies\.b: has the default_region GB, and a \(FILE:2\) has US/,
    );
    const apart = `policies:\n${policy("a", "US", "applies_to: {tenants: [x]}, ")}${policy("b", "GB", "applies_to: {tenants: [y]}, ")}`;
    assert.equal(file.load(apart).policies.length, 2);
  });

  it("all of it at once", () => {
    const problems = file.problemsOf(`HttpPort: x
policies:
  - {name: a, type: budget, limits: {daily_cost_usd: x}, action: y}
  - {name: b, type: nothing}
keys:
  k: {policies: [c]}
`);
    assert.equal(problems.length, 5, problems.join("\n"));
  });
});

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

describe("docs/policies.md", () => {
  const text = readFileSync(new URL("../../../../docs/policies.md", import.meta.url), "utf8");
  const examples = [...text.matchAll(/```yaml\n(.*?)```/gs)].flatMap(([, yaml]) => yaml ?? []);

  it("has examples that can be read as they stand", () => {
    assert.ok(examples.length >= 5);
    for (const yaml of examples) file.load(yaml);
  });
});
