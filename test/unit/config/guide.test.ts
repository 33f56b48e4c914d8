import assert from "node:assert/strict";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, describe, it } from "node:test";
import { parse } from "yaml";
import { loadConfiguration } from "../../../server/config/load-configuration.ts";
import { type Configuration, settingsTable } from "../../../server/config/settings.ts";
import { unknownVariables } from "../../../server/config/unknown-variables.ts";
import { guideVariables, guideYaml } from "../../fixtures/guide/guide.ts";

const folder = mkdtempSync(join(tmpdir(), "axonflow-guide-"));
after(() => rmSync(folder, { recursive: true }));

function load(yaml: string, env: Readonly<Record<string, string>> = {}): Configuration {
  const file = join(folder, "gateway.yaml");
  writeFileSync(file, yaml);
  return loadConfiguration({ flags: new Map(), env, file }).settings;
}

const openai = { OPENAI_API_KEY: "made-up-value", LLM_BEDROCK_REGION: "us-east-1" };
const sonnet = "anthropic.claude-3-5-sonnet-20240620-v1:0";
const vpce = "https://vpce-xxxxx.bedrock-runtime.us-east-1.vpce.amazonaws.com";

describe("the setup guide's variables", () => {
  const env = Object.fromEntries(guideVariables);

  it("are all known", () => assert.deepEqual(unknownVariables(env), []));

  it("mean together what the guide says", () => {
    const settings = load("", { OPENAI_API_KEY: "made-up-value", ...env });
    const expected = {
      bedrockEnabled: true,
      bedrockRegion: "us-east-1",
      bedrockModel: sonnet,
      bedrockEndpointUrl: vpce,
      logLevel: "debug",
      shadowMode: true,
      primaryProvider: "openai",
      shadowProvider: "bedrock",
      shadowSampleRate: 0.1,
    };
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(Reflect.get(settings, name), value, name);
    }
    assert.equal(Object.keys(expected).length, guideVariables.length);
  });

  for (const [name, value] of guideVariables) {
    it(`${name} may stand in the file too`, () => {
      const [key] = Object.entries(settingsTable).find(([, { env }]) => env === name) ?? [];
      const others = { ...openai, LLM_PRIMARY_PROVIDER: "openai", LLM_SHADOW_PROVIDER: "bedrock" };
      const { [name]: _, ...env } = others as Record<string, string>;
      const fromFile = load(`${name}: ${value}\n`, env);
      assert.equal(String(Reflect.get(fromFile, key ?? "")), value.replace("0.10", "0.1"));
    });
  }
});

describe("the setup guide's YAML is read as it is printed", () => {
  for (const [name, expected] of [
    ["parameters", { bedrockRegion: "us-east-1", bedrockModel: sonnet, openaiApiKey: undefined }],
    ["healthcare", { bedrockEndpointUrl: vpce, auditRetentionDays: 2555, auditMode: "compliance" }],
    ["costOptimized", { bedrockModel: "meta.llama3-70b-instruct-v1:0" }],
    ["multiRegion", { bedrockRegion: "us-east-1", bedrockFailoverRegions: ["us-west-2"] }],
    ["migration", { openaiApiKey: "sk-xxxxx", bedrockRegion: "us-east-1" }],
    ["week1", { routingWeights: new Map([["openai", 0.9] as const, ["bedrock", 0.1]]) }],
    ["week2", { routingWeights: new Map([["openai", 0.5] as const, ["bedrock", 0.5]]) }],
    ["week3", { routingWeights: new Map([["bedrock", 1]]) }],
  ] as const) {
    it(name, () => {
      const settings = load(guideYaml[name], name.startsWith("week") ? openai : {});
      for (const [member, value] of Object.entries(expected)) {
        assert.deepEqual(Reflect.get(settings, member), value, member);
      }
    });
  }

  it("piiFilter", () => {
    const [{ policy } = assert.fail("no policy")] = load(guideYaml.piiFilter).policies;
    assert.ok(policy.type === "content_filter" && policy.filters[0]?.type === "pii_detection");
    const rules = policy.filters[0].rules.map(({ entity, action }) => `${action} ${entity}`);
    const entities = ["SSN", "CREDIT_CARD", "EMAIL", "PHONE"];
    assert.deepEqual(
      rules,
      entities.map((entity) => `redact ${entity}`),
    );
  });

  it("dailyBudget", () => {
    const [{ policy } = assert.fail("no policy")] = load(guideYaml.dailyBudget).policies;
    assert.ok(policy.type === "budget");
    const { limits, action } = policy;
    assert.deepEqual(limits, [{ period: "day", rolling: false, limitNanoUsd: 100_000_000_000n }]);
    assert.deepEqual(action, { kind: "deny" });
  });
});

describe("the configurations of config/environments", () => {
  const files = globSync("config/environments/*.yaml").sort();

  it("are the guide's three, its migration, and one for development", () =>
    assert.deepEqual(
      files.map((file) => basename(file, ".yaml")),
      ["cost-optimized", "development", "healthcare", "migration", "multi-region"],
    ));

  for (const file of files) {
    it(`${basename(file)} can be served, and editors find its schema`, () => {
      const text = readFileSync(file, "utf8");
      assert.ok(text.startsWith("# yaml-language-server: $schema=../axonflow.schema.json\n"));
      const env = file.includes("migration") ? { OPENAI_API_KEY: "made-up-value" } : {};
      const { settings } = loadConfiguration({ flags: new Map(), env, file });
      assert.ok(settings.bedrockRegion);
    });
  }

  for (const [file, name] of [
    ["healthcare", "healthcare"],
    ["healthcare", "piiFilter"],
    ["cost-optimized", "costOptimized"],
    ["cost-optimized", "dailyBudget"],
    ["multi-region", "multiRegion"],
    ["migration", "week1"],
  ] as const) {
    it(`${file} says what the guide's ${name} says`, () => {
      const text = readFileSync(`config/environments/${file}.yaml`, "utf8");
      const [ours, guides] = [parse(text), parse(guideYaml[name])];
      for (const [member, value] of Object.entries(guides)) {
        if (member === "policies") assert.deepEqual(ours.policies[0], guides.policies[0]);
        else assert.deepEqual(ours[member], value, member);
      }
    });
  }
});
