import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { runAxonflow, startProgram } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "axonflow-config-command-"));
after(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, yaml: string): string {
  const path = join(folder, name);
  writeFileSync(path, yaml);
  return path;
}

const good = fileOf("good.yaml", "BedrockRegion: us-east-1\nHttpPort: 9000\n");
const wrong = fileOf("wrong.yaml", "BedrockRegion: us-east-1\nHttpPort: many\nLogLvel: debug\n");
const conflicting = fileOf("conflicting.yaml", "BedrockRegion: us-east-1\nShadowMode: true\n");
const keys = { AXONFLOW_LICENSE_KEYS: "billing=made-up-license-key" };

const check = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  startProgram("server/config-check-main.ts", args, env).outcome;

describe("axonflow config check", () => {
  it("says of each file what has to be mended, with its line, and ends with 2", async () => {
    const { status, stdout, stderr } = await runAxonflow(
      ["config", "check", good, wrong, conflicting],
      keys,
    );
    assert.equal(status, 2);
    assert.equal(stdout, `${good}: 3 settings, 0 policies, 1 licence key. Nothing is wrong.\n`);
    const lines = stderr.replaceAll(folder, "").trim().split("\n");
    assert.equal(lines.length, 3, stderr);
    assert.match(lines[0] ?? "", /^\/wrong\.yaml:3: LogLvel: .*Did you mean LogLevel\?/);
    assert.match(lines[1] ?? "", /^\/wrong\.yaml:2: HttpPort must be a whole number/);
    assert.match(lines[2] ?? "", /LLM_SHADOW_PROVIDER.* \(\/conflicting\.yaml:2: ShadowMode\)$/);
  });

  it("notes what is not wrong by itself: no licence key, a variable that nobody reads", async () => {
    const env = { AXONFLOW_ALOWED_REGIONS: "us-*" };
    const loose = await check([good], env);
    assert.equal(loose.status, 0);
    assert.match(loose.stderr, /^note: AXONFLOW_ALOWED_REGIONS .*\nnote: There is no licence key/);
    const strict = await check(["--strict", good], env);
    assert.deepEqual([strict.status, strict.stdout, strict.stderr], [2, "", loose.stderr]);
  });

  it("takes the environment into account unless only the file is meant", async () => {
    const env = { ...keys, AXONFLOW_HTTP_PORT: "few" };
    const [both, alone] = await Promise.all([
      check([good], env),
      check(["--file-only", good], env),
    ]);
    assert.match(both.stderr, /^AXONFLOW_HTTP_PORT must be a whole number/);
    assert.deepEqual([both.status, alone.status], [2, 0]);
  });

  it("without a file checks what the gateway would be started with", async () => {
    const { status, stderr } = await check([], keys);
    assert.equal(status, 2);
    assert.match(stderr, /^No provider is configured/);
  });
});

describe("axonflow config show", () => {
  it("shows what is in force and where it comes from, for people and for programs", async () => {
    const env = { ...keys, AXONFLOW_HTTP_PORT: "9001" };
    const args = ["config", "show", "--changed", good];
    const [sheet, json] = await Promise.all([
      runAxonflow(args, env),
      runAxonflow([...args, "--json"], env),
    ]);
    assert.deepEqual([sheet.status, sheet.stderr], [0, ""]);
    assert.match(sheet.stdout, /^HttpPort +9001 +AXONFLOW_HTTP_PORT \(not .*good\.yaml:2\)$/m);
    assert.match(sheet.stdout, /^LicenseKeys +billing +AXONFLOW_LICENSE_KEYS$/m);
    const { hash, settings } = JSON.parse(json.stdout);
    assert.ok(sheet.stdout.includes(hash));
    assert.equal(settings.length, 3);
    assert.ok(!(sheet.stdout + json.stdout).includes("made-up"));
  });

  it("of what cannot be read tells why", async () => {
    const { status, stdout, stderr } = await startProgram("server/config-show-main.ts", [wrong])
      .outcome;
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(stderr, /wrong\.yaml:3: LogLvel/);
  });
});
