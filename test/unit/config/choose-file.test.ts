import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { chooseFile, type FileChoice } from "../../../server/config/choose-file.ts";
import { ConfigurationError } from "../../../server/config/configuration-error.ts";

const folder = mkdtempSync(join(tmpdir(), "axonflow-environments-"));
after(() => rmSync(folder, { recursive: true }));
const directory = join(folder, "environments");
mkdirSync(directory);
for (const name of ["healthcare.yaml", "staging.yaml", "notes.txt"]) {
  writeFileSync(join(directory, name), "");
}
writeFileSync(join(folder, "outside.yaml"), "");

const choose = (choice: Partial<FileChoice>, env: NodeJS.ProcessEnv = {}) =>
  chooseFile(
    { configFile: undefined, environment: undefined, ...choice },
    { AXONFLOW_CONFIG_DIR: directory, ...env },
  );

describe("the configuration file", () => {
  it("is none when none is named", () => assert.equal(choose({}), undefined));
  it("is none when the variable is empty", () =>
    assert.equal(choose({}, { AXONFLOW_ENVIRONMENT: "" }), undefined));
  it("is the one of --config", () => assert.equal(choose({ configFile: "a.yaml" }), "a.yaml"));

  const healthcare = join(directory, "healthcare.yaml");
  it("is that of a name", () => assert.equal(choose({ environment: "healthcare" }), healthcare));
  it("is that of the variable's name", () =>
    assert.equal(choose({}, { AXONFLOW_ENVIRONMENT: "healthcare" }), healthcare));
  it("is the flag's before the variable's", () => {
    const env = { AXONFLOW_ENVIRONMENT: "staging" };
    assert.equal(choose({ environment: "healthcare" }, env), healthcare);
    assert.equal(choose({ configFile: "a.yaml" }, env), "a.yaml");
  });
  it("comes from config/environments when no directory is set", () => {
    const path = chooseFile({ configFile: undefined, environment: "healthcare" }, {});
    assert.equal(path, join("config", "environments", "healthcare.yaml"));
  });

  for (const [about, choice, env, expected] of [
    ["two flags", { configFile: "a", environment: "b" }, {}, /both name a configuration/],
    [
      "an unknown name",
      { environment: "healthcar" },
      {},
      /--environment.*Did you mean healthcare\? There are: healthcare, staging\./,
    ],
    [
      "an unknown name of the variable",
      {},
      { AXONFLOW_ENVIRONMENT: "prod" },
      /^AXONFLOW_ENVIRONMENT: .*"prod"/,
    ],
    ["a path", { environment: "../outside" }, {}, /no configuration "\.\.\/outside"/],
    ["a file of another kind", { environment: "notes.txt" }, {}, /no configuration/],
    [
      "a directory that is not there",
      { environment: "a" },
      { AXONFLOW_CONFIG_DIR: "/nowhere" },
      /cannot be read \(ENOENT\)/,
    ],
  ] as const) {
    it(`is refused for ${about}`, () =>
      assert.throws(
        () => choose(choice, env),
        (error) => error instanceof ConfigurationError && expected.test(error.message),
      ));
  }
});
