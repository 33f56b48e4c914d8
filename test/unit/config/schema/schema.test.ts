import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { Validator } from "@cfworker/json-schema";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { configurationSchema } from "../../../../server/config/schema/configuration-schema.ts";
import type { Setting } from "../../../../server/config/setting.ts";
import { settingsTable } from "../../../../server/config/settings.ts";
import { createPolicyFile } from "../policies/policy-file.ts";
import { fullConfiguration } from "./full-configuration.ts";
import { mistakes } from "./mistakes.ts";

const settings: readonly Setting<unknown>[] = Object.values(settingsTable);
const committed = JSON.parse(readFileSync("config/axonflow.schema.json", "utf8"));
const validator = new Validator(committed, "7");
const file = createPolicyFile();
after(() => file.remove());

const schemaTakes = (value: unknown) => validator.validate(value).valid;
function readerTakes(yaml: string): boolean {
  try {
    file.load(yaml);
    return true;
  } catch {
    return false;
  }
}

/** YAML of a document that is a configuration: its names are ours. */
function examplesIn(path: string): readonly string[] {
  const text = readFileSync(path, "utf8");
  if (path.endsWith(".yaml")) return [text];
  const blocks = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  return blocks.filter((block) => {
    const names = Object.keys(parse(block, { strict: false }) ?? {});
    return names.some((name) => Object.hasOwn(committed.properties, name));
  });
}

describe("the schema of configurations", () => {
  it("is in the repository as the settings and policies have it (else: npm run generate)", () =>
    assert.deepEqual(committed, JSON.parse(JSON.stringify(configurationSchema()))));

  it("knows every setting by both of its names", () => {
    for (const { env, yaml } of settings) {
      assert.ok(Object.hasOwn(committed.properties, env), env);
      assert.ok(Object.hasOwn(committed.properties, yaml), yaml);
    }
  });

  const documents = globSync(["config/environments/*.yaml", "README.md", "docs/**/*.md"]).sort();
  const examples = documents.flatMap((path) =>
    examplesIn(path).map((yaml, index) => ({ about: `${path} ${index + 1}`, yaml })),
  );
  it("meets many examples", () => assert.ok(examples.length >= 20, String(examples.length)));

  for (const { about, yaml } of [...examples, { about: "a full one", yaml: fullConfiguration }]) {
    it(`takes what the reader takes: ${about}`, () => {
      file.load(yaml);
      assert.deepEqual(validator.validate(parse(yaml)).errors, []);
    });
  }

  for (const [about, yaml] of mistakes) {
    it(`refuses ${about}, as the reader does`, () => {
      assert.ok(!readerTakes(yaml), "the reader takes it");
      assert.ok(!schemaTakes(parse(yaml)), "the schema takes it");
    });
  }
});

/** What people write, right in one place and wrong in another. */
const values: readonly unknown[] = [
  ...[null, "", true, false, "true", "off", 0, 1, -1, 2, 60, 95, 0.5, 1.3, "0.10", "1.2", 1e3],
  ...[5000, 65_535, 70_000, 100_000, 3_000_000, 1e9, "50051", "a", "a,b", "a b", "none", "info"],
  ...["us-east-1", "us-*", "bedrock", "bedrock=1,openai=0", "s3://bucket/prefix", "deny", "key"],
  ...["https://a.example/x", "HTTP://a.example", "https://u:p@a.example", "postgres://h/db"],
  ...[[], ["a"], ["a", "b"], ["us-west-2"], ["a,b"], [1], {}, { a: 1 }, { bedrock: 1 }, [{}]],
  ...[{ bedrock: 0 }, { bedrock: 0.5, openai: "0.5" }, ["bedrock"], ["*"], "2555", 2555, 36_501],
  ...[
    "cn:App=app",
    { "cn:App": "app" },
    { "dns:app.acme": "a b" },
    { "cn:App": "app", "dns:a": "b" },
  ],
  ...["10.0.0.0/8", ["10.0.0.1", "fd00::/8"], "10.0.0.0/8,192.168.1.1", "10.0.0.0/64"],
];

describe("an editor is never stricter than the reader", () => {
  for (const { env, yaml: name, read, fallback } of settings) {
    it(`about ${name}`, () => {
      let taken = 0;
      const words = read.schema?.enum;
      const own = [fallback ?? "", ...(Array.isArray(words) ? words : [])];
      for (const value of new Set([...values, ...own])) {
        const yaml = stringify({ [name]: value });
        if (!readerTakes(yaml)) continue;
        taken++;
        assert.ok(schemaTakes(parse(yaml)), `${env}: ${yaml}`);
      }
      assert.ok(taken >= 3, `only ${taken} values were taken, so nothing was compared`);
    });
  }

  it("about any change of a full configuration", () => {
    let taken = 0;
    const path = fc.array(fc.nat(), { minLength: 1, maxLength: 8 });
    const change = fc.oneof(fc.constantFrom(...values), fc.constant(undefined));
    fc.assert(
      fc.property(path, change, (steps, value) => {
        const yaml = stringify(changed(parse(fullConfiguration), steps, value));
        if (!readerTakes(yaml)) return;
        taken++;
        assert.ok(schemaTakes(parse(yaml)), yaml);
      }),
      { numRuns: 300 },
    );
    assert.ok(taken > 10, `only ${taken} changes were taken`);
  });
});

/** The value with the member that the steps lead to put away, or another one in its place. */
function changed(value: unknown, [step = 0, ...more]: readonly number[], to: unknown): unknown {
  if (typeof value !== "object" || value === null) return to;
  const names = Object.keys(value);
  const name = names[step % Math.max(1, names.length)];
  if (name === undefined) return to;
  const old = Reflect.get(value, name);
  const next = more.length > 0 ? changed(old, more, to) : to;
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => (String(index) !== name ? [item] : (next ?? [])));
  }
  return { ...value, [name]: next };
}
