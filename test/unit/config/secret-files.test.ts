import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { ConfigurationError } from "../../../server/config/configuration-error.ts";
import { loadSettings, loadWithOrigins } from "../../../server/config/load.ts";
import { secretFileVariables } from "../../../server/config/secret-files.ts";
import { unknownVariables } from "../../../server/config/unknown-variables.ts";

const folder = mkdtempSync(join(tmpdir(), "axonflow-secrets-"));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, "secret");
const flags = new Map();

describe("a secret in a file", () => {
  it("can be every secret that is one value", () =>
    assert.deepEqual([...secretFileVariables().values()].sort(), [
      "AXONFLOW_DATABASE_URL_FILE",
      "OPENAI_API_KEY_FILE",
    ]));

  it("is read without the end of its line, and comes from the variable that names it", () => {
    writeFileSync(file, "postgres://axonflow:made-up@db.example/axonflow\n");
    const env = { AXONFLOW_DATABASE_URL_FILE: file, AXONFLOW_AUDIT_MODE: "off" };
    const { settings, found } = loadWithOrigins({ env, flags });
    assert.equal(settings.databaseUrl, "postgres://axonflow:made-up@db.example/axonflow");
    const [origin] = found.get("AXONFLOW_DATABASE_URL") ?? [];
    assert.equal(origin?.where, "AXONFLOW_DATABASE_URL_FILE");
    assert.deepEqual(unknownVariables(env), []);
  });

  it("gives way to the variable itself, and is none when it is empty", () => {
    writeFileSync(file, "of-the-file");
    const env = { OPENAI_API_KEY: "of-the-variable", OPENAI_API_KEY_FILE: file };
    assert.equal(loadSettings({ env, flags }).openaiApiKey, "of-the-variable");
    writeFileSync(file, "\n");
    const { openaiApiKey } = loadSettings({ env: { OPENAI_API_KEY_FILE: file }, flags });
    assert.equal(openaiApiKey, undefined);
  });

  it("that cannot be read is told by its variable and path", () => {
    const env = { OPENAI_API_KEY_FILE: join(folder, "none") };
    assert.throws(
      () => loadSettings({ env, flags }),
      (error) => {
        assert.ok(error instanceof ConfigurationError);
        assert.match(error.message, /^OPENAI_API_KEY_FILE: .*none cannot be read \(ENOENT\)\.$/);
        return true;
      },
    );
  });
});
