import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { archiveBucket, sealingKeyId, signingKeyId } from "../../../emulator/aws/aws-account.ts";
import { type AwsEmulator, createAwsEmulator } from "../../../emulator/aws/aws-emulator.ts";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import { createAuthority } from "../../fakes/certificates.ts";
import { containerOf, environmentOf } from "../../unit/deploy/cloudformation-stack.ts";
import { startProgram } from "../client/command.ts";
import { type PostgresServer, startPostgresServer } from "../storage/postgres-server.ts";
import { type GatewayProcess, gatewayEnv, startGatewayProcess } from "./gateway-process.ts";

const licenseKey = "first-key-of-the-stack-0001";
const account = "123456789012";
const keyArn = (id: string) => `arn:aws:kms:us-east-1:${account}:key/${id}`;

describe("the gateway of the CloudFormation template, with its settings", () => {
  const folder = mkdtempSync(join(tmpdir(), "axonflow-cloudformation-"));
  const authority = createAuthority();
  let aws: AwsEmulator;
  let bedrock: Emulator;
  let postgres: PostgresServer;
  let gateway: GatewayProcess;
  let env: Record<string, string>;
  before(async () => {
    aws = await createAwsEmulator();
    bedrock = await createEmulator();
    postgres = await startPostgresServer();
    const { certificate, key } = authority.issue({ names: ["IP:127.0.0.1"] });
    writeFileSync(join(folder, "certificate.pem"), certificate);
    writeFileSync(join(folder, "key.pem"), key, { mode: 0o400 });
    const { NODE_EXTRA_CA_CERTS, OTEL_EXPORTER_OTLP_ENDPOINT, ...told } = environmentOf(
      containerOf("orchestrator", {
        AuditBucket: archiveBucket,
        BedrockEndpointURL: bedrock.url,
        "DataKey.Arn": keyArn(sealingKeyId),
        "SigningKey.Arn": keyArn(signingKeyId),
      }),
    );
    env = {
      ...told,
      AXONFLOW_LICENSE_KEYS: licenseKey,
      AXONFLOW_DATABASE_URL: await postgres.createDatabase(),
      AXONFLOW_TLS_CERT_FILE: join(folder, "certificate.pem"),
      AXONFLOW_TLS_KEY_FILE: join(folder, "key.pem"),
      AXONFLOW_CONFIG_DIR: new URL("../../../config/environments", import.meta.url).pathname,
      // Below a file nobody can make a directory: as little as on the image's read-only tree.
      AXONFLOW_DATA_DIR: join(folder, "key.pem/data"),
      AXONFLOW_AUDIT_KEY_FILE: "",
      AWS_ENDPOINT_URL_KMS: aws.url,
      AWS_ENDPOINT_URL_S3: aws.url,
    };
    gateway = await startGatewayProcess(env);
  });
  after(async () => {
    gateway?.child.kill("SIGKILL");
    await postgres?.close();
    await bedrock?.close();
    await aws?.close();
    rmSync(folder, { recursive: true });
  });

  async function post(body: unknown) {
    const call = request(`${gateway.httpUrl.replace("http:", "https:")}/v1/complete`, {
      method: "POST",
      ca: authority.certificate,
      headers: { authorization: `Bearer ${licenseKey}`, "content-type": "application/json" },
    });
    call.end(JSON.stringify(body));
    const [response] = await once(call, "response");
    return { status: response.statusCode, body: JSON.parse(await text(response)) };
  }

  it("answers over TLS, by the policies of its configuration, and needs no directory to write to", async () => {
    const { status, body } = await post({ prompt: "Repeat: My SSN is 536-22-8726." });
    assert.deepEqual([status, body.content], [200, "My SSN is [SSN]."]);
    assert.equal(body.model, "us.anthropic.claude-sonnet-4-6");
  });

  it("refuses what its fence and its rights leave out", async () => {
    const { body } = await post({ prompt: "Hello", model: "eu.anthropic.claude-sonnet-4-6" });
    assert.equal(body.error.reason, "MODEL_NOT_SERVED");
  });

  it("is healthy by its container's health check", async () => {
    const [, , file] = containerOf("orchestrator").HealthCheck.Command;
    const health = await startProgram(file.replace("/app/", ""), [], {
      ...env,
      AXONFLOW_HTTP_PORT: new URL(gateway.httpUrl).port,
    }).outcome;
    assert.equal(health.status, 0, health.stderr);
  });

  it("drains and ends with 0, and its log verifies by its keys in KMS", async () => {
    gateway.child.kill("SIGTERM");
    assert.equal(await gateway.exited, 0);
    const environment = gatewayEnv(env) as Record<string, string>;
    const verified = await startProgram("server/audit-verify-main.ts", ["--decrypt"], environment)
      .outcome;
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
    assert.match(verified.stdout, new RegExp(signingKeyId));
  });
});
