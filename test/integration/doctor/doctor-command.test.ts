import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type AwsEmulator, createAwsEmulator } from "../../../emulator/aws/aws-emulator.ts";
import type { DoctorReport } from "../../../server/doctor/report/report.ts";
import { dataDirectory } from "../../fakes/data-directory.ts";
import { runAxonflow, startProgram } from "../client/command.ts";

describe("axonflow doctor and axonflow iam-policy", () => {
  const folder = dataDirectory();
  const file = join(folder, "gateway.yaml");
  const page = join(folder, "examination.html");
  let aws: AwsEmulator;
  let env: Record<string, string>;
  before(async () => {
    aws = await createAwsEmulator();
    env = {
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: "emulator",
      AWS_SECRET_ACCESS_KEY: "emulator",
      AXONFLOW_LICENSE_KEYS: "billing=made-up-license-key",
      AXONFLOW_DATA_DIR: join(folder, "data"),
    };

    writeFileSync(
      file,
      `BedrockRegion: us-east-1
BedrockEndpointURL: ${aws.url}
BedrockControlEndpointURL: ${aws.url}
Host: 127.0.0.1
AuditKmsKeyId: alias/axonflow-audit
AuditExportUrl: s3://axonflow-audit/log
policies:
  - name: pii-filter
    type: content_filter
    filters:
      - type: pii_detection
        action: redact
        entities: [SSN, CREDIT_CARD, EMAIL, PHONE]
`,
    );
  });
  after(() => aws.close());
  const doctor = (args: readonly string[]) =>
    startProgram("server/doctor-main.ts", ["--config", file, ...args], env).outcome;

  it("examines everything, prints JSON and writes the page, without a secret in either", async () => {
    const { status, stdout, stderr } = await runAxonflow(
      ["doctor", "--config", file, "--json", "--html", page],
      env,
    );
    assert.deepEqual([status, stderr], [0, ""]);
    const report: DoctorReport = JSON.parse(stdout);
    const verdicts = Object.fromEntries(report.checks.map(({ id, verdict }) => [id, verdict]));
    assert.deepEqual(verdicts, {
      identity: "pass",
      baa: "pass",
      "iam-breadth": "pass",
      "cloud-trail": "pass",
      "invocation-logging": "pass",
      "data-retention": "pass",
      "model-access": "pass",
      "model-lifecycle": "pass",
      "cross-region": "pass",
      "vpc-endpoint": "warn",
      "kms-encryption": "pass",
      "kms-signing": "warn",
      archive: "pass",
      "audit-log": "unknown",
      "audit-retention": "pass",
      "personal-data": "pass",
      transport: "pass",
      clock: "pass",
      "file-modes": "unknown",
    });
    assert.deepEqual(report.aws.regions, ["us-east-1"]);
    assert.match(report.configuration.sha256, /^[0-9a-f]{64}$/);
    const written = readFileSync(page, "utf8");
    assert.match(written, /<title>Compliance examination of /);
    for (const text of [stdout, written]) assert.doesNotMatch(text, /made-up-license-key/);
  });

  it("ends with 1 when something fails, with 3 when strict about what is unknown", async () => {
    const stopped = aws.account.cloudTrail.trails[0];
    assert.ok(stopped);
    stopped.isLogging = false;
    const [failing, strict] = await Promise.all([
      doctor(["--only", "cloud-trail,identity"]),
      doctor(["--only", "audit-log", "--strict"]),
    ]);
    assert.equal(failing.status, 1);
    assert.match(failing.stdout, /FAIL {2}CloudTrail records/);
    assert.match(failing.stdout, /→ aws cloudtrail start-logging/);
    assert.equal(strict.status, 3);
  });

  it("ends with 2 on a mistake of the caller's", async () => {
    const [option, attest] = await Promise.all([
      doctor(["--speed"]),
      doctor(["--attest", "baa=yes"]),
    ]);
    for (const { status, stdout } of [option, attest]) assert.deepEqual([status, stdout], [2, ""]);
    assert.match(option.stderr, /Add --help/);
    assert.match(attest.stderr, /baa=2026-01-31:jane/);
  });

  it("prints the policy that the doctor finds right, with the account that STS tells", async () => {
    const { status, stdout, stderr } = await runAxonflow(
      ["iam-policy", "--config", file, "--ask", "--model", "us.meta.llama3-3-70b-instruct-v1:0"],
      env,
    );
    assert.deepEqual([status, stderr], [0, ""]);
    const document = JSON.parse(stdout);
    const [role] = aws.account.iam.roles;
    assert.ok(role);
    role.attached = [{ arn: "arn:aws:iam::123456789012:policy/printed", document }];
    const examined = await doctor(["--only", "iam-breadth", "--json"]);
    assert.equal((JSON.parse(examined.stdout) as DoctorReport).verdict, "pass", examined.stdout);
    assert.match(stdout, /:123456789012:inference-profile\/us\.meta/);
  });

  it("prints no policy for a model that there is not", async () => {
    const args = ["--config", file, "--model", "nonsense"];
    const { status, stderr } = await startProgram("server/iam-policy-main.ts", args, env).outcome;
    assert.equal(status, 2);
    assert.match(stderr, /no model nonsense/);
  });
});
