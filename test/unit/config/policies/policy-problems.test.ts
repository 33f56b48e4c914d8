import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createPolicyFile } from "./policy-file.ts";

const file = createPolicyFile();
after(() => file.remove());

/** A budget, a content filter and a rate limit, in which a line is added or put in place of another. */
const budget = (...lines: readonly string[]) =>
  ["policies:", "  - name: b", "    type: budget", ...lines.map((line) => `    ${line}`)].join(
    "\n",
  );
const _filter = (...lines: readonly string[]) =>
  [
    "policies:",
    "  - name: f",
    "    type: content_filter",
    "    filters:",
    ...lines.map((line) => `      - ${line}`),
  ].join("\n");
const _rate = (...lines: readonly string[]) =>
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
