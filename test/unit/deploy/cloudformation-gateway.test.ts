import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { loadSettings } from "../../../server/config/load.ts";
import { settingsTable } from "../../../server/config/settings.ts";
import { unknownVariables } from "../../../server/config/unknown-variables.ts";
import { containerOf, environmentOf, ofType, template } from "./cloudformation-stack.ts";
import type { Values } from "./cloudformation-template.ts";
import type { Manifest } from "./manifests.ts";

const gatewayContainer = (more?: Values): Manifest => containerOf("orchestrator", more);

const root = new URL("../../../", import.meta.url);

describe("the gateway of the CloudFormation template", () => {
  it("is told nothing that it does not read, and no setting that it refuses", () => {
    const container = gatewayContainer();
    const env = environmentOf(container);
    assert.deepEqual(unknownVariables(env), []);
    const file = new URL(`config/environments/${env.AXONFLOW_ENVIRONMENT}.yaml`, root);
    assert.ok(existsSync(file));
    const settings = loadSettings({ flags: new Map(), env, file: file.pathname });
    assert.equal(settings.auditMode, "compliance");
    assert.equal(settings.bedrockRegion, "us-east-1");
    assert.ok(container.StopTimeout * 1000 > settings.drainTimeoutMs + 10_000);
  });

  it("keeps secrets out of what can be read in the console", () => {
    const container = gatewayContainer({ OpenAiApiKeySecretArn: "arn:aws:secretsmanager:x" });
    const names = container.Secrets.map(({ Name }: Manifest) => Name);
    assert.deepEqual(names, ["AXONFLOW_LICENSE_KEYS", "PGPASSWORD", "OPENAI_API_KEY"]);
    const env = environmentOf(container);
    const secrets = Object.values(settingsTable).filter(({ isSecret }) => isSecret);
    for (const { env: name } of secrets) {
      const value = env[name] ?? "";
      assert.ok(value === "" || URL.parse(value)?.password === "", name);
    }
  });

  it("names a database that is there by its secret alone", () => {
    const container = gatewayContainer({ DatabaseUrlSecretArn: "arn:aws:secretsmanager:x" });
    assert.ok(!("AXONFLOW_DATABASE_URL" in environmentOf(container)));
    assert.ok(container.Secrets.some(({ Name }: Manifest) => Name === "AXONFLOW_DATABASE_URL"));
  });

  it("speaks TLS all the way to the gateway, also where its health is asked for", () => {
    const env = environmentOf(gatewayContainer());
    const writer = containerOf("certificate");
    for (const [variable, name] of [
      ["AXONFLOW_TLS_CERT_FILE", "certificate"],
      ["AXONFLOW_TLS_KEY_FILE", "key"],
    ] as const) {
      assert.equal(env[variable], `/run/tls/${name}.pem`);
      assert.ok(writer.Secrets.some(({ Name }: Manifest) => Name === name));
    }
    for (const [, { Properties }] of ofType("AWS::ElasticLoadBalancingV2::Listener")) {
      assert.equal(Properties.Protocol, "TCP");
    }
    for (const [, { Properties }] of ofType("AWS::ElasticLoadBalancingV2::TargetGroup")) {
      assert.equal(Properties.HealthCheckProtocol, "HTTPS");
    }
  });

  it("writes the certificate by a program that runs", () => {
    const writer = containerOf("certificate");
    const folder = mkdtempSync(join(tmpdir(), "axonflow-tls-"));
    const [program, flag, script] = writer.Command;
    assert.deepEqual([program, flag], ["node", "-e"]);
    // Only root may give files away.
    const mine = script
      .replaceAll("/run/tls", folder)
      .replace(/65532, 65532/, `${process.getuid?.()}, ${process.getgid?.()}`);
    const env = { certificate: "made-up certificate", key: "made-up key" };
    execFileSync(process.execPath, ["-e", mine], { env });
    assert.equal(readFileSync(join(folder, "key.pem"), "utf8"), "made-up key");
    assert.equal(statSync(join(folder, "key.pem")).mode & 0o777, 0o400);
    rmSync(folder, { recursive: true });
  });

  it("runs without root, without a shell and with nothing that it could write to", () => {
    const container = gatewayContainer();
    assert.equal(container.User, "65532:65532");
    assert.equal(container.ReadonlyRootFilesystem, true);
    assert.deepEqual(container.LinuxParameters.Capabilities.Drop, ["ALL"]);
    assert.equal(container.HealthCheck.Command[0], "CMD");
    const file = container.HealthCheck.Command.at(-1).replace("/app/", "");
    assert.ok(existsSync(new URL(file, root)), file);
    assert.equal(template.Resources.Service.Properties.EnableExecuteCommand, false);
  });
});
