import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { loadLicenseKeys } from "../../../server/config/license-keys.ts";
import { loadSettings } from "../../../server/config/load.ts";

const folder = mkdtempSync(join(tmpdir(), "axonflow-keys-"));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, "keys");

const key = "secret-license-key";
const sha256 = createHash("sha256").update(key).digest();
const hex = sha256.toString("hex");

function keysOf(inline: string, fileText?: string) {
  if (fileText !== undefined) writeFileSync(file, fileText);
  const env = {
    AXONFLOW_LICENSE_KEYS: inline,
    AXONFLOW_LICENSE_KEYS_FILE: fileText === undefined ? "" : file,
  };
  return loadLicenseKeys(loadSettings({ flags: new Map(), env }));
}

const namesOf = (...texts: Parameters<typeof keysOf>) => keysOf(...texts).map(({ name }) => name);

describe("loadLicenseKeys", () => {
  for (const [about, entry, name] of [
    ["a key alone", key, "key-1"],
    ["a named key", `team-a=${key}`, "team-a"],
    ["a named digest", `team-a=sha256:${hex}`, "team-a"],
    ["a digest alone, in capitals", `sha256:${hex.toUpperCase()}`, "key-1"],
    ["a key with white space around it", `  team.a_1=${key}  `, "team.a_1"],
  ] as const) {
    it(`takes ${about}`, () => assert.deepEqual(keysOf(entry), [{ name, sha256 }]));
  }

  it("takes several, and passes over empty entries", () => {
    assert.deepEqual(namesOf(`a=${key},, b=${key}-b ,${key}-c`), ["a", "b", "key-3"]);
  });

  for (const [who, setting] of [
    ["admin", "AXONFLOW_ADMIN_KEYS"],
    ["reader of the audit log", "AXONFLOW_AUDIT_READERS"],
  ] as const) {
    it(`wants a licence key for every ${who}, and says which names there are`, () => {
      const load = (keys: string, names: string) =>
        loadLicenseKeys(
          loadSettings({
            flags: new Map(),
            env: { AXONFLOW_LICENSE_KEYS: keys, [setting]: names },
          }),
        );
      const keys = `ops=${key},${key}-b`;
      assert.equal(load(keys, "ops, key-2").length, 2);
      assert.throws(() => load(keys, "ops,root"), /name root\. The names are: ops, key-2/);
      const message = new RegExp(`${setting}: .*name root\\. There are none`);
      assert.throws(() => load("", "root"), { message });
    });
  }

  it("takes none at all", () => assert.deepEqual(keysOf(""), []));

  it("adds the lines of a file, without its comments", () => {
    const text = `# ours\n\na=${key}-a\r\n  # theirs\nb=sha256:${hex}\n`;
    assert.deepEqual(namesOf(`c=${key}-c`, text), ["c", "a", "b"]);
  });

  it("knows a key that has an equals sign in it when it is named", () => {
    const padded = "c2VjcmV0LWxpY2Vuc2U=";
    const [found] = keysOf(`a=${padded}`);
    assert.deepEqual(found?.sha256, createHash("sha256").update(padded).digest());
  });

  it("knows an unnamed key that ends in equals signs", () => {
    const padded = "c2VjcmV0LWxpY2Vuc2Uta2V5cw==";
    assert.deepEqual(keysOf(padded), [
      { name: "key-1", sha256: createHash("sha256").update(padded).digest() },
    ]);
  });

  for (const [about, inline] of [
    ["two keys of one name", `a=${key},a=${key}-other`],
    ["one key under two names", `a=${key},b=${key}`],
  ] as const) {
    it(`refuses ${about}, which could not be told apart`, () => {
      assert.throws(() => keysOf(inline), /^ConfigurationError: licence key 2: /);
    });
  }

  const short = "too-short";
  for (const [about, entry, rule] of [
    ["shorter than 16 characters", `a=${short}`, /is shorter than 16 characters/],
    ["with white space inside", "a=secret license key of mine", /without white space/],
    ["without a key", "a=", /./],
    ["that is no digest", `a=sha256:${hex.slice(1)}`, /64 hex digits/],
    ["whose digest is no hex", `a=sha256:${"g".repeat(64)}`, /64 hex digits/],
  ] as const) {
    it(`refuses an entry ${about}, by its place and never by its text`, () => {
      const secret = entry.slice(2) || "never";
      assert.throws(
        () => keysOf(`good=${key},${entry}`),
        ({ message }: Error) =>
          message.startsWith("licence key 2: ") &&
          rule.test(message) &&
          !message.includes(secret) &&
          !message.includes(key),
      );
    });
  }

  it("tells everything that is wrong at once, lines of the file included", () => {
    assert.throws(
      () => keysOf(`a=${short}`, `b=${key}\nc=${short}\n`),
      ({ message }: Error) => {
        const places = message.split("\n").map((line) => line.replace(/: .*/, ""));
        assert.deepEqual(places, ["licence key 1", `${file}:2`]);
        return !message.includes(short);
      },
    );
  });

  it("names a file that is not there", () => {
    const env = { AXONFLOW_LICENSE_KEYS_FILE: join(folder, "missing") };
    const settings = loadSettings({ flags: new Map(), env });
    assert.throws(
      () => loadLicenseKeys(settings),
      /missing: the file .* cannot be read \(ENOENT\)/,
    );
  });
});
