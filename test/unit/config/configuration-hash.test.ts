import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { configurationHash } from "../../../server/config/configuration-hash.ts";
import { loadSettings } from "../../../server/config/load.ts";

const folder = mkdtempSync(join(tmpdir(), "axonflow-hash-"));
after(() => rmSync(folder, { recursive: true }));

function hashOf(yaml: string, env: Record<string, string> = {}): string {
  const file = join(folder, "gateway.yaml");
  writeFileSync(file, yaml);
  return configurationHash(loadSettings({ flags: new Map(), env, file }));
}

const base = `
BedrockRegion: us-east-1
HttpPort: 8082
routing_weights: {openai: 0.9, bedrock: 0.1}
models:
  claude-3-haiku: {input_usd: 0.25, output_usd: 1.25}
  other: {family: nova}
aliases: {quick: claude-3-haiku, slow: other}
routes:
  chat: {openai: gpt-6-sol, bedrock: claude-3-haiku}
policies:
  - name: pii-filter
    type: content_filter
    filters:
      - type: pii_detection
        action: redact
        entities: [SSN, EMAIL]
      - type: blocked_words
        words: {weapons: [gun, rifle], other: [knife]}
  - name: daily
    type: budget
    limits: {daily_cost_usd: 100, monthly_cost_usd: 2000}
    action: deny
    overrides:
      - {tenants: [acme], alerts_percent: [90]}
  - {name: rates, type: rate_limit, limits: {requests_per_minute: 60}}
keys:
  billing: {tenant: acme, allowed_providers: [bedrock]}
`;

describe("the hash of a configuration", () => {
  it("is 64 hex digits, and the same when nothing differs", () => {
    assert.match(hashOf(base), /^[0-9a-f]{64}$/);
    assert.equal(hashOf(base), hashOf(base));
  });

  for (const [about, from, to] of [
    ["an empty line and a comment", "BedrockRegion", "\n# the region\nBedrockRegion"],
    [
      "settings in another order",
      "BedrockRegion: us-east-1\nHttpPort: 8082",
      "HttpPort: 8082\nBedrockRegion: us-east-1",
    ],
    ["a setting's other name", "BedrockRegion:", "LLM_BEDROCK_REGION:"],
    ["a default that is written out", "HttpPort: 8082", "GrpcPort: 50051"],
    ["weights in another order", "{openai: 0.9, bedrock: 0.1}", "{bedrock: 0.1, openai: 0.9}"],
    [
      "aliases in another order",
      "{quick: claude-3-haiku, slow: other}",
      "{slow: other, quick: claude-3-haiku}",
    ],
    [
      "a policy's members in another order",
      "name: pii-filter\n    type: content_filter",
      "type: content_filter\n    name: pii-filter",
    ],
    [
      "limits in another order",
      "{daily_cost_usd: 100, monthly_cost_usd: 2000}",
      "{monthly_cost_usd: 2000, daily_cost_usd: 100.00}",
    ],
  ] as const) {
    it(`stays with ${about}`, () => {
      assert.ok(base.includes(from), from);
      assert.equal(hashOf(base.replace(from, to)), hashOf(base));
    });
  }

  const changes = [
    ["a setting", "us-east-1", "us-west-2"],
    ["a weight", "0.9", "0.8"],
    ["a price", "0.25", "0.26"],
    ["an alias", "slow: other", "slow: claude-3-haiku"],
    [
      "a route's order",
      "{openai: gpt-6-sol, bedrock: claude-3-haiku}",
      "{bedrock: claude-3-haiku, openai: gpt-6-sol}",
    ],
    ["a policy's name", "name: pii-filter", "name: pii-filters"],
    ["a filter's action", "action: redact", "action: mask"],
    ["an entity", "[SSN, EMAIL]", "[SSN, EMAIL, PHONE]"],
    ["the order of entities", "[SSN, EMAIL]", "[EMAIL, SSN]"],
    ["a word", "rifle", "rifles"],
    ["a limit", "daily_cost_usd: 100", "daily_cost_usd: 100.000000001"],
    ["a budget's action", "action: deny", "action: warn"],
    ["an override", "[90]", "[91]"],
    ["whom an override is about", "tenants: [acme], a", "tenants: [acme2], a"],
    ["a rate", "requests_per_minute: 60", "requests_per_minute: 61"],
    ["a grant", "allowed_providers: [bedrock]", "allowed_providers: [openai]"],
    ["a tenant", "tenant: acme,", "tenant: acme2,"],
  ] as const;
  for (const [about, from, to] of changes) {
    it(`changes with ${about}`, () => {
      assert.ok(base.includes(from), from);
      assert.notEqual(hashOf(base.replace(from, to)), hashOf(base));
    });
  }

  it("is another one for each of these changes", () => {
    const hashes = changes.map(([, from, to]) => hashOf(base.replace(from, to)));
    assert.equal(new Set(hashes).size, changes.length);
  });

  const secrets = {
    OPENAI_API_KEY: "made-up-value-1",
    AXONFLOW_LICENSE_KEYS: "billing=made-up-license-key-1",
    AXONFLOW_DATABASE_URL:
      "postgres://axonflow:made-up-1@db.example:5432/axonflow?password=made-up-1",
  };

  it("says nothing about the values of secrets, so nobody can try them against it", () => {
    const others = Object.entries(secrets).map(([name, value]) => [
      name,
      value.replaceAll("-1", "-2"),
    ]);
    assert.equal(hashOf(base, Object.fromEntries(others)), hashOf(base, secrets));
  });

  for (const [name, value] of [
    ["OPENAI_API_KEY", ""],
    ["AXONFLOW_LICENSE_KEYS", "billing-2=made-up-license-key-1"],
    ["AXONFLOW_DATABASE_URL", "postgres://axonflow:made-up-1@db2.example:5432/axonflow"],
  ] as const) {
    it(`does say whether and what ${name} is about`, () => {
      assert.notEqual(hashOf(base, { ...secrets, [name]: value }), hashOf(base, secrets));
    });
  }
});
