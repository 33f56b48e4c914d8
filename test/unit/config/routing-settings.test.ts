import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { ConfigurationError } from "../../../server/config/configuration-error.ts";
import { conflictsIn } from "../../../server/config/conflicts.ts";
import { loadSettings } from "../../../server/config/load.ts";
import { routingSettingsTable } from "../../../server/config/settings/routing.ts";

const folder = mkdtempSync(join(tmpdir(), "axonflow-routing-settings-"));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, "gateway.yaml");

function load(yaml: string, env: Record<string, string> = {}) {
  writeFileSync(file, yaml);
  return loadSettings({ env, flags: new Map(), file });
}

function problemsOf(yaml: string, env: Record<string, string> = {}): string[] {
  try {
    load(yaml, env);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    return error.message.replaceAll(file, "FILE").split("\n");
  }
  assert.fail("the configuration was taken");
}

const weightsOf = (yaml: string, env: Record<string, string> = {}) => [
  ...(load(yaml, env).routingWeights ?? []),
];

describe("routing weights", () => {
  for (const [week, line, weights] of [
    [
      1,
      "routing_weights: {openai: 0.9, bedrock: 0.1}",
      [
        ["openai", 0.9],
        ["bedrock", 0.1],
      ],
    ],
    [
      2,
      "routing_weights: {openai: 0.5, bedrock: 0.5}",
      [
        ["openai", 0.5],
        ["bedrock", 0.5],
      ],
    ],
    [3, "routing_weights: {bedrock: 1.0}", [["bedrock", 1]]],
  ] as const) {
    it(`are read as the guide writes them in week ${week}`, () => {
      assert.deepEqual(weightsOf(`# Week ${week}\n${line}\n`), weights);
    });
  }

  it("may stand line by line, or as the variable's own text", () => {
    const expected = [
      ["openai", 90],
      ["bedrock", 10],
    ];
    assert.deepEqual(weightsOf("routing_weights:\n  openai: 90\n  bedrock: 10\n"), expected);
    assert.deepEqual(weightsOf("routing_weights: openai=90,bedrock=10\n"), expected);
    assert.deepEqual(weightsOf("LLM_ROUTING_WEIGHTS: {openai: 90, bedrock: 10}\n"), expected);
  });

  it("come from the environment before the file", () => {
    const env = { LLM_ROUTING_WEIGHTS: "openai=0.9, bedrock=0.1" };
    assert.deepEqual(weightsOf("routing_weights: {bedrock: 1.0}\n", env), [
      ["openai", 0.9],
      ["bedrock", 0.1],
    ]);
  });

  it("are not there when nobody sets them", () => {
    assert.equal(load("").routingWeights, undefined);
  });

  for (const [claim, value, says] of [
    [
      "an unknown provider",
      "{azure: 1}",
      /FILE:2: routing_weights must give numbers from 0 to some of bedrock, openai/,
    ],
    ["a number below 0", "{bedrock: -1}", /must give numbers/],
    ["a word", "{bedrock: all}", /must give numbers/],
    ["a number without an end", "{bedrock: .inf}", /must give numbers/],
    ["nothing above 0", "{bedrock: 0}", /a number above 0/],
    ["nothing", "{}", /must be a map such as/],
    ["a list", "[bedrock]", /must be a map such as/],
    ["a map of maps", "{bedrock: {a: 1}}", /must be a map such as/],
    ["a provider twice", "openai=1,openai=2", /names openai twice/],
  ] as const) {
    it(`may not have ${claim}`, () => {
      const [problem = "", ...others] = problemsOf(`LogLevel: info\nrouting_weights: ${value}\n`);
      assert.match(problem, says);
      assert.deepEqual(others, []);
    });
  }

  it("may not name a provider that is not configured", () => {
    const settings = load(
      "BedrockRegion: us-east-1\nrouting_weights: {openai: 0.9, bedrock: 0.1}\n",
    );
    const [conflict = "", ...others] = conflictsIn(settings);
    assert.match(conflict, /names openai, which is not configured. Set OPENAI_API_KEY/);
    assert.deepEqual(others, []);
    const complete = load(
      "BedrockRegion: us-east-1\nrouting_weights: {openai: 0.9, bedrock: 0.1}\n",
      { OPENAI_API_KEY: "sk-x" },
    );
    assert.deepEqual(conflictsIn(complete), []);
  });
});

describe("fences", () => {
  it("are lists of names and patterns, in both of their forms", () => {
    const settings = load(
      "AllowedProviders: [bedrock]\nAllowedRegions:\n  - us-*\n  - eu-west-1\n",
    );
    assert.deepEqual(settings.allowedProviders, ["bedrock"]);
    assert.deepEqual(settings.allowedRegions, ["us-*", "eu-west-1"]);
    const env = { AXONFLOW_ALLOWED_REGIONS: "us-*, eu-west-1" };
    assert.deepEqual(load("", env).allowedRegions, ["us-*", "eu-west-1"]);
  });

  it("allow everything when they are left out, and are no empty list", () => {
    assert.deepEqual(load("").allowedRegions, []);
    assert.match(problemsOf("AllowedRegions: []\n")[0] ?? "", /to set nothing, leave it out/);
  });

  for (const value of ["US-EAST-1", "us_east_1", "'us-.+'", "[us-*, 'a b']", "[{a: 1}]"]) {
    it(`may not be ${value}`, () => {
      const [problem = "", ...others] = problemsOf(`AllowedRegions: ${value}\n`);
      assert.match(problem, /^FILE:1: AllowedRegions:? must be/);
      assert.deepEqual(others, []);
    });
  }

  it("may stand around a single key", () => {
    const { keyGrants } = load(
      "keys:\n  claims: {allowed_providers: [bedrock], allowed_regions: us-*}\n",
    );
    const { providers, regions, where } = keyGrants.get("claims") ?? {};
    assert.deepEqual([providers, regions], [["bedrock"], ["us-*"]]);
    assert.equal(where, `${file}:2: keys.claims`);
  });

  for (const [claim, yaml, says] of [
    ["nothing", "keys: {claims: {}}", /^FILE:1: keys.claims: must be a map such as/],
    ["no map", "keys: {claims: bedrock}", /^FILE:1: keys.claims: must be a map such as/],
    [
      "another member",
      "keys:\n  claims:\n    allowed_region: [us-*]",
      /^FILE:3: keys.claims: a key has no "allowed_region". Did you mean allowed_regions\?/,
    ],
    [
      "an empty list",
      "keys:\n  claims:\n    allowed_regions: []",
      /^FILE:3: keys.claims.allowed_regions: must be a list/,
    ],
    [
      "a wrong name",
      "keys:\n  claims:\n    allowed_regions: [EU]",
      /^FILE:3: .* must be names in lower case/,
    ],
  ] as const) {
    it(`of a key may not have ${claim}`, () =>
      assert.match(problemsOf(`${yaml}\n`)[0] ?? "", says));
  }
});

describe("docs/routing.md", () => {
  const text = readFileSync(new URL("../../../docs/routing.md", import.meta.url), "utf8");
  const examples = [...text.matchAll(/```yaml\n(.*?)```/gs)].flatMap(([, yaml]) => yaml ?? []);

  it("has examples that can be read as they stand", () => {
    assert.ok(examples.length >= 3);
    for (const yaml of examples) load(yaml);
  });

  it("names every setting of routing by both of its names", () => {
    for (const { env, yaml } of Object.values(routingSettingsTable)) {
      assert.ok(text.includes(env) && text.includes(yaml), env);
    }
  });
});

describe("routes of models", () => {
  it("give each name its providers in order, and remember their lines", () => {
    const yaml =
      "routes:\n  gpt-4-turbo:\n    openai: gpt-4-turbo\n    bedrock: claude-3-5-sonnet\n";
    const route = load(yaml).modelRoutes.get("gpt-4-turbo");
    assert.deepEqual(
      [...(route?.models ?? [])].map(([provider, { model }]) => [provider, model]),
      [
        ["openai", "gpt-4-turbo"],
        ["bedrock", "claude-3-5-sonnet"],
      ],
    );
    assert.equal(route?.models.get("bedrock")?.where, `${file}:4: routes.gpt-4-turbo.bedrock`);
  });

  for (const [claim, yaml, says] of [
    [
      "an unknown provider",
      "routes:\n  a:\n    azure: b",
      /^FILE:3: routes.a.azure: there is no such provider/,
    ],
    [
      "a number for a model",
      "routes:\n  a:\n    bedrock: 5",
      /^FILE:3: routes.a.bedrock: must be a model's name/,
    ],
    ["no provider", "routes:\n  a: {}", /^FILE:2: routes.a: must be a map of providers to models/],
    [
      "a model alone",
      "routes:\n  a: claude-3-haiku",
      /^FILE:2: routes.a: must be a map of providers to models/,
    ],
    ["a list", "routes: [a]", /^FILE:1: routes must be a map/],
    ["a provider twice", "routes:\n  a: {bedrock: b, bedrock: c}", /^FILE:2: is not YAML/],
  ] as const) {
    it(`may not have ${claim}`, () => assert.match(problemsOf(`${yaml}\n`)[0] ?? "", says));
  }
});
