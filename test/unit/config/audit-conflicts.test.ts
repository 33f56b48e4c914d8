import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { auditConflicts } from "../../../server/config/audit-conflicts.ts";
import { loadSettings } from "../../../server/config/load.ts";

const found = (env: NodeJS.ProcessEnv) => auditConflicts(loadSettings({ flags: new Map(), env }));

const database = { AXONFLOW_DATABASE_URL: "postgres://user@127.0.0.1/axonflow" };
const file = { AXONFLOW_AUDIT_KEY_FILE: "/run/secrets/audit.key" };
const kms = { AXONFLOW_AUDIT_KMS_KEY_ID: "alias/audit" };
const signing = {
  AXONFLOW_AUDIT_SIGNING_KEY_FILE: "/run/secrets/audit.pem",
  AXONFLOW_AUDIT_KMS_SIGNING_KEY_ID: "alias/audit-signing",
};

describe("the audit log's settings", () => {
  for (const [claim, env, problem] of [
    ["two keys that encrypt", { ...file, ...kms }, /KEY_FILE and AXONFLOW_AUDIT_KMS_KEY_ID both/],
    ["two keys that sign", signing, /SIGNING_KEY_FILE and .*KMS_SIGNING_KEY_ID both/],
    ["many gateways without a key in common", database, /a key that all gateways have/],
  ] as const) {
    it(`find ${claim}`, () => {
      const [first = "", ...others] = found(env);
      assert.match(first, problem);
      assert.deepEqual(others, []);
    });
  }

  for (const [claim, env] of [
    ["nothing is said", {}],
    ["many gateways have a file in common", { ...database, ...file }],
    ["many gateways have a key of KMS in common", { ...database, ...kms }],
    ["no log is kept", { ...database, ...file, ...kms, AXONFLOW_AUDIT_MODE: "off" }],
  ] as const) {
    it(`find nothing where ${claim}`, () => assert.deepEqual(found(env), []));
  }
});
