import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createAwsEmulator } from "../../../emulator/aws/aws-emulator.ts";
import { sendCanaries } from "../../../server/app/canaries.ts";
import { loadSettings } from "../../../server/config/load.ts";
import { createAwsClients } from "../../../server/doctor/aws/aws-clients.ts";
import type { Check } from "../../../server/doctor/check.ts";
import { type AuditVerification, auditLogCheck } from "../../../server/doctor/local/audit-log.ts";
import { auditRetentionCheck } from "../../../server/doctor/local/audit-retention.ts";
import { clockCheck } from "../../../server/doctor/local/clock.ts";
import { fileModesCheck } from "../../../server/doctor/local/file-modes.ts";
import { personalDataCheck } from "../../../server/doctor/local/personal-data.ts";
import { transportCheck } from "../../../server/doctor/local/transport.ts";
import { runCheck } from "../../../server/doctor/run-checks.ts";
import { dataDirectory } from "../../fakes/data-directory.ts";
import { type Expected, expectFinding } from "./examined.ts";

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 10, 1);
const region = "us-east-1";

describe("doctor's checks of this gateway", () => {
  const listening = { hasTls: false, certificateEndMs: undefined, trustedProxies: [], nowMs };
  const secure = { ...listening, host: "0.0.0.0", hasTls: true };
  const whole: AuditVerification = {
    isWhole: true,
    records: 12,
    chains: 2,
    unsigned: 1,
    problems: [],
    problemCount: 0,
  };
  const audit = (mode: "compliance" | "performance" | "off", found?: AuditVerification | Error) =>
    auditLogCheck({
      mode,
      async verifyAudit() {
        if (found instanceof Error) throw found;
        return found;
      },
    });
  const spoiled = { ...whole, isWhole: false, problems: ["Record 7 is changed."], problemCount: 1 };
  const cases: readonly (readonly [string, Check, Expected])[] = [
    ["a log that is whole", audit("compliance", whole), { verdict: "pass", reason: /12 records/ }],
    [
      "a log that is written behind the calls",
      audit("performance", whole),
      { verdict: "warn", reason: /before it is on record/, remedy: /compliance/ },
    ],
    ["no log", audit("off"), { verdict: "fail", reason: /No audit log/, remedy: /AUDIT_MODE/ }],
    [
      "a log that was changed",
      audit("compliance", spoiled),
      { verdict: "fail", reason: /1 problems\): Record 7 is changed/, remedy: /audit verify/ },
    ],
    ["no log yet", audit("compliance"), { verdict: "unknown", reason: /no audit log here yet/ }],
    [
      "a log that cannot be read",
      audit("compliance", new Error("disk")),
      { verdict: "unknown", reason: /cannot be read from here/ },
    ],
    [
      "seven years",
      auditRetentionCheck({ retentionDays: 2555 }),
      { verdict: "pass", reason: /2555 days/ },
    ],
    [
      "six years",
      auditRetentionCheck({ retentionDays: 2192 }),
      { verdict: "warn", reason: /not seven/, remedy: /2555/ },
    ],
    [
      "a year",
      auditRetentionCheck({ retentionDays: 365 }),
      { verdict: "fail", reason: /less than six years/, remedy: /2555/ },
    ],
    [
      "loopback",
      transportCheck({ ...listening, host: "127.0.0.1" }),
      { verdict: "pass", reason: /this machine alone/ },
    ],
    [
      "TLS",
      transportCheck({ ...secure, certificateEndMs: nowMs + 90 * dayMs }),
      { verdict: "pass", reason: /speak TLS/ },
    ],
    [
      "a certificate that ends soon",
      transportCheck({ ...secure, certificateEndMs: nowMs + 5 * dayMs }),
      { verdict: "warn", reason: /ends on 2026-11-06/, remedy: /Renew/ },
    ],
    [
      "cleartext behind a proxy",
      transportCheck({ ...listening, host: "0.0.0.0", trustedProxies: ["10.0.0.0/8"] }),
      { verdict: "warn", reason: /Trusted proxies.*10\.0\.0\.0/ },
    ],
    [
      "cleartext for everybody",
      transportCheck({ ...listening, host: "0.0.0.0" }),
      { verdict: "fail", reason: /0\.0\.0\.0 in cleartext/, remedy: /AXONFLOW_TLS_CERT_FILE/ },
    ],
    [
      "a certificate that ended",
      transportCheck({ ...secure, certificateEndMs: nowMs - dayMs }),
      { verdict: "fail", reason: /ended on 2026-10-31/ },
    ],
    [
      "a certificate that cannot be read",
      transportCheck(secure),
      { verdict: "unknown", reason: /cannot be read here/ },
    ],
  ];
  for (const [name, check, expected] of cases) {
    it(`${check.id}, ${expected.verdict}: ${name}`, () =>
      expectFinding(check, expected).then(() => {}));
  }

  describe("personal-data, through the gateway's own policies", () => {
    const configured = (entities: string, more = "") => {
      const file = join(dataDirectory(), "gateway.yaml");
      const filter = `- type: pii_detection\n        action: redact\n        entities: [${entities}]`;
      writeFileSync(
        file,
        `policies:\n  - name: pii-filter\n    type: content_filter\n    filters:\n      ${filter}\n${more}`,
      );
      return loadSettings({ flags: new Map(), env: {}, file });
    };
    const check = (settings: ReturnType<typeof loadSettings>, keys: readonly string[] = []) =>
      personalDataCheck({ sendCanaries: () => sendCanaries(settings, keys) });
    it("pass: the guide's policy", async () => {
      const { evidence } = await expectFinding(
        check(configured("SSN, CREDIT_CARD, EMAIL, PHONE")),
        {
          verdict: "pass",
          reason: /none reached the model/,
        },
      );
      assert.deepEqual([...new Set(evidence.map(({ value }) => value))], ["redacted"]);
    });
    it("fail: a kind that no policy is about", async () => {
      const expected = {
        verdict: "fail",
        reason: /seen: EMAIL, PHONE\./,
        remedy: /PHONE\]/,
      } as const;
      await expectFinding(check(configured("SSN, CREDIT_CARD")), expected);
    });
    it("fail: one key that is let off", async () => {
      const letOff = `    overrides:\n      - keys: [trusted]\n        enabled: false\n`;
      const settings = configured("SSN, CREDIT_CARD, EMAIL, PHONE", letOff);
      await expectFinding(check(settings), { verdict: "pass", reason: /none reached/ });
      const expected = { verdict: "fail", reason: /SSN, CREDIT_CARD, EMAIL, PHONE/ } as const;
      await expectFinding(check(settings, ["trusted"]), expected);
    });
    it("unknown: policies that cannot be used", async () => {
      const broken = personalDataCheck({ sendCanaries: () => Promise.reject(new TypeError("no")) });
      await expectFinding(broken, {
        verdict: "unknown",
        reason: /check itself failed \(TypeError\)/,
      });
    });
  });

  describe("file-modes", () => {
    const keyFile = (mode: number) => {
      const path = join(dataDirectory(), "audit.key");
      writeFileSync(path, "x");
      chmodSync(path, mode);
      return { path, what: "The key", isNeeded: false };
    };
    const missing = { path: join(dataDirectory(), "gone"), what: "The key", isNeeded: true };
    it("pass: the gateway's own", async () => {
      const check = fileModesCheck({ paths: [keyFile(0o600), { ...missing, isNeeded: false }] });
      const { evidence } = await expectFinding(check, { verdict: "pass", reason: /Nobody else/ });
      assert.deepEqual(
        evidence.map(({ value }) => value),
        ["0600", "missing"],
      );
    });
    it("fail: others may read or write", async () => {
      const read = fileModesCheck({ paths: [keyFile(0o640)] });
      await expectFinding(read, {
        verdict: "fail",
        reason: /may read the key/,
        remedy: /chmod go-rwx/,
      });
      const write = fileModesCheck({ paths: [keyFile(0o622)] });
      await expectFinding(write, { verdict: "fail", reason: /may write the key/ });
    });
    it("unknown: what has to be here is not", async () => {
      const check = fileModesCheck({ paths: [keyFile(0o600), missing] });
      await expectFinding(check, { verdict: "unknown", reason: /is not here/ });
      const none = fileModesCheck({ paths: [missing] });
      await expectFinding(none, { verdict: "unknown", reason: /None of the gateway's files/ });
    });
  });

  describe("clock, by the dates of AWS's answers", () => {
    const skews: readonly (readonly [string, number, Expected])[] = [
      ["right", 0, { verdict: "pass", reason: /within five seconds/ }],
      ["half a minute behind", 30_000, { verdict: "warn", reason: /(29|30|31) seconds behind/ }],
      ["half a minute ahead", -30_000, { verdict: "warn", reason: /(29|30|31) seconds ahead of/ }],
      ["so far off that AWS refuses", 3_600_000, { verdict: "fail", reason: /refuses every call/ }],
    ];
    for (const [name, skewMs, expected] of skews) {
      it(`${expected.verdict}: ${name}`, async () => {
        const emulator = await createAwsEmulator({ now: () => Date.now() + skewMs });
        atEmulator(emulator.url);
        const check = clockCheck({ aws: createAwsClients({ tries: 1 }), region });
        await expectFinding(check, expected).finally(() => emulator.close());
      });
    }
    it("unknown: AWS cannot be reached", async () => {
      const emulator = await createAwsEmulator();
      await emulator.close();
      atEmulator(emulator.url);
      const check = clockCheck({ aws: createAwsClients({ tries: 1 }), region });
      await expectFinding(check, {
        verdict: "unknown",
        reason: /ECONNREFUSED/,
        remedy: /VPC endpoint/,
      });
    });
    const atEmulator = (url: string) =>
      Object.assign(process.env, {
        AWS_ENDPOINT_URL: url,
        AWS_ACCESS_KEY_ID: "emulator",
        AWS_SECRET_ACCESS_KEY: "emulator",
      });
  });

  it("gives a check that does not end its time, and no more", async () => {
    const endless = {
      ...auditRetentionCheck({ retentionDays: 1 }),
      run: () => new Promise<never>(() => {}),
    };
    const { verdict, reason } = await runCheck(endless, 10);
    assert.deepEqual([verdict, reason], ["unknown", "There was no answer within 0.01 s."]);
  });
});
