import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { loadSettings } from "../../../server/config/load.ts";
import { settingsTable } from "../../../server/config/settings.ts";
import { unknownVariables } from "../../../server/config/unknown-variables.ts";
import { startProgram } from "../../integration/client/command.ts";
import { readTemplate, resolveTemplate, type Values } from "./cloudformation-template.ts";
import { type Manifest, readDeployFile } from "./manifests.ts";

const template = readTemplate();
const root = new URL("../../../", import.meta.url);
const account = "111122223333";

/** A stack of made-up names. */
const stack: Values = {
  "AWS::AccountId": account,
  "AWS::Partition": "aws",
  "AWS::Region": "us-east-1",
  "AWS::StackName": "axonflow",
  AuditBucket: "axonflow-audit-bucket",
  "DataKey.Arn": `arn:aws:kms:us-east-1:${account}:key/00000000-0000-4000-8000-000000000001`,
  "SigningKey.Arn": `arn:aws:kms:us-east-1:${account}:key/00000000-0000-4000-8000-000000000002`,
  "MetricLogs.Arn": `arn:aws:logs:us-east-1:${account}:log-group:/axonflow/axonflow/metrics:*`,
  "TaskRole.Arn": `arn:aws:iam::${account}:role/axonflow`,
  "Database.Endpoint.Address": "db.example",
  "Database.Endpoint.Port": "5432",
  LicenseKey: "arn:license-key",
  TlsSecretArn: "arn:tls",
  DatabasePassword: "arn:database-password",
  VpcId: "vpc-1",
  SubnetIds: ["subnet-1", "subnet-2"],
  EndpointSecurityGroup: "sg-1",
  ImageUri: "image",
  GatewayLogs: "/axonflow/axonflow/gateway",
};
const resource = (name: string, more: Values = {}) =>
  resolveTemplate(template, { ...stack, ...more }, template.Resources[name].Properties);
const ofType = (type: string) =>
  Object.entries<Manifest>(template.Resources).filter(([, { Type }]) => Type === type);

function containersOf(more: Values = {}): readonly Manifest[] {
  const { ContainerDefinitions } = template.Resources.TaskDefinition.Properties;
  return resolveTemplate(template, { ...stack, ...more }, ContainerDefinitions);
}

const gatewayContainer = (more?: Values): Manifest => containersOf(more)[0];

function environmentOf(container: Manifest): Record<string, string> {
  return Object.fromEntries(
    container.Environment.map(({ Name, Value }: Manifest) => [Name, String(Value)]),
  );
}

describe("the CloudFormation template", () => {
  it("has the guide's parameters by the guide's names, with a secret's ARN in place of OPENAI_API_KEY", () => {
    for (const name of [
      "BedrockRegion",
      "BedrockModel",
      "BedrockEndpointURL",
      "BedrockFailoverRegion",
      "AuditLogRetentionDays",
      "OpenAiApiKeySecretArn",
    ]) {
      assert.ok(name in template.Parameters, name);
    }
    assert.equal(template.Parameters.AuditLogRetentionDays.Default, 2555);
  });

  it("can be given to CloudFormation as it is: 51,200 bytes are the most that it takes without S3", () =>
    assert.ok(Buffer.byteLength(readDeployFile("cloudformation/axonflow.yaml")) <= 51_200));

  it("makes endpoints of Interface type with private DNS, and none with route tables", () => {
    const endpoints = ofType("AWS::EC2::VPCEndpoint");
    assert.ok(endpoints.length >= 8);
    for (const [name, { Properties }] of endpoints) {
      assert.equal(Properties.VpcEndpointType, "Interface", name);
      assert.equal(Properties.PrivateDnsEnabled, true, name);
      assert.equal(Properties.RouteTableIds, undefined, name);
    }
    const { ServiceName } = resource("BedrockEndpoint");
    assert.equal(ServiceName, "com.amazonaws.us-east-1.bedrock-runtime");
  });

  it("lets nobody through the endpoint but the gateway, and nobody to other models than the role may ask", () => {
    const { PolicyDocument } = resource("BedrockEndpoint");
    for (const { Principal } of PolicyDocument.Statement) {
      assert.deepEqual(Principal, { AWS: stack["TaskRole.Arn"] });
    }
    const resources = (statements: Manifest[]) =>
      new Set(
        statements
          .filter(({ Sid }: Manifest) => Sid.startsWith("Invoke"))
          .flatMap(({ Resource }: Manifest) => Resource),
      );
    const [{ PolicyDocument: role }] = resource("TaskRole").Policies;
    assert.deepEqual(resources(PolicyDocument.Statement), resources(role.Statement));
  });

  it("allows no role all of a service, nor an action by a pattern, nor all resources where there are some to name", () => {
    const withoutResources = /^(?:xray:Put|ecr:GetAuthorizationToken)/;
    for (const [name, { Properties }] of ofType("AWS::IAM::Role")) {
      for (const { PolicyDocument } of Properties.Policies) {
        for (const statement of PolicyDocument.Statement.flatMap(
          (each: Manifest) => each["Fn::If"]?.slice(1) ?? each,
        )) {
          if (statement.Action === undefined) continue;
          const actions: string[] = [statement.Action].flat();
          assert.ok(
            actions.every((action) => !action.includes("*")),
            `${name}: ${actions}`,
          );
          if (statement.Resource === "*") {
            assert.ok(
              actions.every((action) => withoutResources.test(action)),
              `${name}: ${actions}`,
            );
          }
        }
      }
    }
  });

  for (const [claim, more] of [
    ["for the parameters as they are", {}],
    [
      "for a model that is asked by its own id",
      {
        BedrockModel: "amazon.nova-pro-v1:0",
        BedrockModelArns: "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
      },
    ],
  ] as const) {
    it(`gives the gateway the rights that axonflow iam-policy prints for its settings, ${claim}`, async () => {
      const { NODE_EXTRA_CA_CERTS, ...env } = environmentOf(gatewayContainer(more));
      assert.ok(NODE_EXTRA_CA_CERTS);
      const { stdout, stderr, status } = await startProgram(
        "server/iam-policy-main.ts",
        ["--account", account],
        {
          ...env,
          AXONFLOW_LICENSE_KEYS: "made-up-licence-key",
          AXONFLOW_CONFIG_DIR: new URL("config/environments", root).pathname,
        },
      ).outcome;
      assert.equal(status, 0, stderr);
      const [gateway] = resource("TaskRole", more).Policies;
      assert.deepEqual(bySid(gateway.PolicyDocument), bySid(JSON.parse(stdout)));
    });
  }

  it("sets nothing that the gateway does not read, and no setting that it refuses", () => {
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
    const writer = containersOf().find(({ Name }) => Name === "certificate");
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
    const writer = containersOf().find(({ Name }) => Name === "certificate");
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

  it("runs the gateway without root, without a shell and with nothing that it could write to", () => {
    const container = gatewayContainer();
    assert.equal(container.User, "65532:65532");
    assert.equal(container.ReadonlyRootFilesystem, true);
    assert.deepEqual(container.LinuxParameters.Capabilities.Drop, ["ALL"]);
    assert.equal(container.HealthCheck.Command[0], "CMD");
    const file = container.HealthCheck.Command.at(-1).replace("/app/", "");
    assert.ok(existsSync(new URL(file, root)), file);
    assert.equal(template.Resources.Service.Properties.EnableExecuteCommand, false);
  });

  it("locks the archive for the whole retention, against everybody", () => {
    const bucket = resource("AuditBucket");
    const { DefaultRetention } = bucket.ObjectLockConfiguration.Rule;
    assert.deepEqual(DefaultRetention, { Mode: "COMPLIANCE", Days: 2555 });
    assert.equal(bucket.ObjectLockEnabled, true);
    assert.equal(bucket.VersioningConfiguration.Status, "Enabled");
    for (const value of Object.values(bucket.PublicAccessBlockConfiguration))
      assert.equal(value, true);
    const [tlsOnly] = template.Resources.AuditBucketPolicy.Properties.PolicyDocument.Statement;
    assert.deepEqual(tlsOnly.Condition, { Bool: { "aws:SecureTransport": "false" } });
    assert.equal(tlsOnly.Effect, "Deny");
  });

  it("turns the key that encrypts every year, and signs with a key that never leaves KMS", () => {
    const { DataKey, SigningKey } = template.Resources;
    assert.equal(DataKey.Properties.EnableKeyRotation, true);
    assert.equal(SigningKey.Properties.KeySpec, "ECC_NIST_P256");
    assert.equal(SigningKey.Properties.KeyUsage, "SIGN_VERIFY");
    for (const key of [DataKey, SigningKey]) assert.equal(key.DeletionPolicy, "Retain");
  });

  it("keeps the store on two zones, encrypted, by TLS alone, and out of reach of a slip", () => {
    const { Database, DatabaseParameters } = template.Resources;
    const { MultiAZ, StorageEncrypted, DeletionProtection, PubliclyAccessible } =
      Database.Properties;
    assert.deepEqual([MultiAZ, StorageEncrypted, DeletionProtection], [true, true, true]);
    assert.equal(PubliclyAccessible, false);
    assert.equal(DatabaseParameters.Properties.Parameters["rds.force_ssl"], "1");
    assert.equal(Database.DeletionPolicy, "Snapshot");
  });

  it("keeps every log for a time that is said, encrypted", () => {
    for (const [name, { Properties }] of ofType("AWS::Logs::LogGroup")) {
      assert.ok(Properties.RetentionInDays, name);
      assert.ok(Properties.KmsKeyId, name);
    }
  });

  it("opens no security group to everybody who comes in", () => {
    for (const [name, { Properties }] of ofType("AWS::EC2::SecurityGroup")) {
      for (const { CidrIp } of Properties.SecurityGroupIngress) {
        assert.notEqual(CidrIp, "0.0.0.0/0", name);
      }
    }
  });

  it("watches metrics that the gateway has, by labels that its collector keeps", () => {
    const instruments =
      readDeployFile("../server/telemetry/semconv.ts") + readDeployFile("../docs/telemetry.md");
    const collector = containersOf().find(({ Name }) => Name === "collector");
    const configuration = parse(collector.Environment[0].Value);
    const declarations: Manifest[] = configuration.exporters.awsemf.metric_declarations;
    const metrics = ofType("AWS::CloudWatch::Alarm").flatMap(([, { Properties }]) => [
      ...(Properties.Metrics ?? []).flatMap(({ MetricStat }: Manifest) => MetricStat?.Metric ?? []),
      ...(Properties.Namespace === "AxonFlow/Gateway" ? [Properties] : []),
    ]);
    assert.ok(metrics.length >= 8);
    for (const { MetricName, Dimensions } of metrics) {
      const family = MetricName.replace(/\.(?:p50|p99|refused|uncounted)$/, "");
      assert.ok(instruments.includes(family), MetricName);
      const labels = Dimensions.map(({ Name }: Manifest) => Name);
      const declared = declarations.some(
        ({ dimensions, metric_name_selectors }) =>
          JSON.stringify(dimensions) === JSON.stringify([labels]) &&
          metric_name_selectors.some((selector: string) => new RegExp(selector).test(MetricName)),
      );
      assert.ok(declared, `${MetricName} by ${labels}`);
    }
  });
});

/** The statements by their names: their order says nothing. */
function bySid({ Statement }: Manifest): Record<string, unknown> {
  return Object.fromEntries(Statement.map(({ Sid, ...rest }: Manifest) => [Sid, rest]));
}
