import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { restartNeeded } from "../../../server/app/restart-needed.ts";
import { loadLicenseKeys } from "../../../server/config/license-keys.ts";
import { loadSettings } from "../../../server/config/load.ts";

const env = {
  AXONFLOW_LICENSE_KEYS: "a=made-up-license-key-1,b=made-up-license-key-2",
  LLM_BEDROCK_REGION: "us-east-1",
};

function loaded(change: Readonly<Record<string, string>> = {}) {
  const settings = loadSettings({ flags: new Map(), env: { ...env, ...change } });
  return { settings, licenseKeys: loadLicenseKeys(settings) };
}

describe("a reload", () => {
  it("of the same configuration needs no restart", () =>
    assert.deepEqual(restartNeeded(loaded(), loaded()), []));

  for (const [name, value] of [
    ["LLM_ROUTING_WEIGHTS", "bedrock=1"],
    ["AXONFLOW_ROUTING_ORDER", "cost"],
    ["AXONFLOW_ALLOWED_REGIONS", "us-*"],
    ["AXONFLOW_ALLOWED_PROVIDERS", "bedrock"],
    ["LLM_BEDROCK_MODEL", "claude-3-haiku"],
    ["AXONFLOW_TRIES_PER_ENDPOINT", "3"],
    ["AXONFLOW_RESUME", "false"],
    ["AXONFLOW_LICENSE_KEYS", "a=made-up-license-key-3"],
  ] as const) {
    it(`can change ${name}`, () =>
      assert.deepEqual(restartNeeded(loaded(), loaded({ [name]: value })), []));
  }

  for (const [name, value] of [
    ["AXONFLOW_HTTP_PORT", "9999"],
    ["LLM_BEDROCK_REGION", "eu-west-1"],
    ["LLM_BEDROCK_FAILOVER_REGION", "us-west-2"],
    ["OPENAI_API_KEY", "made-up-secret"],
    ["AXONFLOW_ADMIN_KEYS", "a"],
    ["AXONFLOW_DATA_DIR", "/somewhere-else"],
    ["LOG_LEVEL", "debug"],
    ["AXONFLOW_CALL_TIMEOUT_MS", "5"],
    ["AXONFLOW_RETRY_BUDGET_PERCENT", "5"],
    ["AXONFLOW_IDEMPOTENCY_TTL_MS", "5000"],
    ["LLM_SHADOW_SAMPLE_RATE", "0.5"],
  ] as const) {
    it(`cannot change ${name}, and does not tell its value`, () => {
      const [problem = "", ...others] = restartNeeded(loaded(), loaded({ [name]: value }));
      assert.ok(problem.startsWith(name), problem);
      assert.match(problem, /cannot change while the gateway runs/);
      assert.ok(!problem.includes("made-up"), problem);
      assert.deepEqual(others, []);
    });
  }

  it("names every setting that it cannot change", () => {
    const after = loaded({ AXONFLOW_GRPC_PORT: "1", AXONFLOW_HTTP_PORT: "2" });
    assert.equal(restartNeeded(loaded(), after).length, 2);
  });

  it("can change licence keys that stand in a file of their own, but not take the last or bring the first", () => {
    const before = loaded();
    const none = { ...before, licenseKeys: [] };
    const fewer = { ...before, licenseKeys: before.licenseKeys.slice(1) };
    assert.deepEqual(restartNeeded(before, fewer), []);
    assert.match(restartNeeded(before, none).join(), /^The last licence key cannot go/);
    assert.match(restartNeeded(none, before).join(), /^The first licence key cannot come/);
  });

  it("can change what licence keys may do", () => {
    const before = loaded();
    const licenseKeys = before.licenseKeys.map((key) => ({ ...key, tenant: "acme" }));
    assert.deepEqual(restartNeeded(before, { ...before, licenseKeys }), []);
  });
});
