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
const _limits = "limits: {daily_cost_usd: 1}";

describe("what is wrong with a filter, or with what goes beyond one policy, is named with its line", () => {
  for (const [about, yaml, ...expected] of [
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
});
