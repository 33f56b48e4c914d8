import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ofType, resource, stack, template } from "./cloudformation-stack.ts";
import { type Manifest, readDeployFile } from "./manifests.ts";

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
});
