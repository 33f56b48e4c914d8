import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startProgram } from "./command.ts";

const policies = `policies:
  - name: pii-filter
    type: content_filter
    filters:
      - type: pii_detection
        action: redact
        entities: [EMAIL]
      - type: pii_detection
        action: block
        entities: [SSN]
      - type: pii_detection
        action: pseudonymize
        entities: [PHONE]
  - name: no-gossip
    type: content_filter
    filters:
      - type: blocked_words
        words: [gossip]
`;

describe("axonflow policy test", () => {
  const folder = mkdtempSync(join(tmpdir(), "axonflow-policy-test-"));
  const config = join(folder, "gateway.yaml");
  before(() => writeFileSync(config, policies));
  after(() => rmSync(folder, { recursive: true }));

  const test = (...args: readonly string[]) =>
    startProgram("server/policy-test-main.ts", ["--config", config, ...args]).outcome;

  it("shows what a model would get, and why", async () => {
    const { status, stdout, stderr } = await test("mail jane.doe@corp.example or (212) 555-0187");
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(
      stdout,
      /^ {2}EMAIL: redact, by the policy pii-filter; characters 6 to 26; found by /m,
    );
    assert.match(
      stdout,
      /^ {2}PHONE: pseudonymize, by the policy pii-filter; characters 31 to 44/m,
    );
    assert.match(stdout, /^The model gets:\nmail \[EMAIL\] or ⟦PHONE:[a-z]{8}⟧$/m);
    assert.doesNotMatch(stdout, /jane|0187/, "nothing of what was taken out");
  });

  it("shows what a caller would get", async () => {
    const { stdout } = await test("--direction", "response", "it is jane.doe@corp.example");
    assert.match(stdout, /^The caller gets:\nit is \[EMAIL\]$/m);
  });

  for (const [name, text, rule] of [
    ["personal data", "it is 536-22-8726", /pii-filter lets no SSN pass/],
    ["a word", "some gossip", /no-gossip/],
  ] as const) {
    it(`says which policy refuses ${name}, with its own exit status`, async () => {
      const { status, stdout } = await test(text);
      assert.equal(status, 4);
      assert.match(stdout, /^Refused, BLOCKED_BY_POLICY: /m);
      assert.match(stdout, rule);
    });
  }

  it("says the same to programs", async () => {
    const { stdout } = await test("--json", "it is 536-22-8726");
    const { findings, passes, refusal } = JSON.parse(stdout);
    assert.deepEqual([findings.length, passes, refusal.entity], [1, null, "SSN"]);
    assert.doesNotMatch(stdout, /8726/);
  });

  for (const [name, args] of [
    ["no text", []],
    ["two texts", ["a", "b"]],
    ["an unknown direction", ["--direction", "up", "a"]],
    ["an unknown option", ["--wat", "a"]],
    ["a file that is not there", ["--config", "/nowhere/at/all", "a"]],
  ] as const) {
    it(`explains ${name}`, async () => {
      const { status, stdout, stderr } = await test(...args);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, /^axonflow policy test:\n {2}\S/);
    });
  }
});
