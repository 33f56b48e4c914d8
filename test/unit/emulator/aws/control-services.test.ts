import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  BedrockClient,
  GetAccountDataRetentionCommand,
  GetFoundationModelAvailabilityCommand,
  GetInferenceProfileCommand,
  GetModelInvocationLoggingConfigurationCommand,
  ListFoundationModelsCommand,
} from "@aws-sdk/client-bedrock";
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
} from "@aws-sdk/client-cloudtrail";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeVpcEndpointsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  SimulatePrincipalPolicyCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { type AwsEmulator, createAwsEmulator } from "../../../../emulator/aws/aws-emulator.ts";
import { createEmulator } from "../../../../emulator/emulator.ts";
import { clientSettings } from "./clients.ts";

const sonnet = "anthropic.claude-3-5-sonnet-20240620-v1:0";

describe("AWS's control services, asked by the real SDK", () => {
  let aws: AwsEmulator;
  let settings: ReturnType<typeof clientSettings>;
  before(async () => {
    aws = await createAwsEmulator();
    settings = clientSettings(aws.url);
  });
  after(() => aws.close());

  it("STS says who the caller is", async () => {
    const { Account, Arn } = await new STSClient(settings).send(new GetCallerIdentityCommand());
    assert.deepEqual([Account, Arn], ["123456789012", aws.account.caller.arn]);
  });

  it("IAM tells a role's policies, inline and attached, and decides by them", async () => {
    const iam = new IAMClient(settings);
    const [role = assert.fail()] = aws.account.iam.roles;
    const document = {
      Version: "2012-10-17",
      Statement: { Effect: "Deny", Action: "bedrock:Create*", Resource: "*" },
    } as const;
    role.inline = [{ name: "guard", document }];
    const RoleName = role.name;
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    assert.equal(Role?.Arn, "arn:aws:iam::123456789012:role/AxonFlowTaskRole");
    const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    assert.deepEqual(PolicyNames, ["guard"]);
    const inline = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: "guard" }));
    assert.deepEqual(JSON.parse(decodeURIComponent(inline.PolicyDocument ?? "")), document);
    const listed = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    const PolicyArn = listed.AttachedPolicies?.[0]?.PolicyArn;
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const { PolicyVersion } = await iam.send(
      new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
    );
    assert.match(decodeURIComponent(PolicyVersion?.Document ?? ""), /InvokeModelWithResponse/);
    const { EvaluationResults = [] } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: Role?.Arn,
        ActionNames: ["bedrock:InvokeModel", "bedrock:CreateGuardrail", "iam:PassRole"],
        ResourceArns: [`arn:aws:bedrock:us-east-1::foundation-model/${sonnet}`],
      }),
    );
    assert.deepEqual(
      EvaluationResults.map(({ EvalDecision }) => EvalDecision),
      ["allowed", "explicitDeny", "implicitDeny"],
    );
    const other = new ListRolePoliciesCommand({ RoleName: "Other" });
    await assert.rejects(iam.send(other), { name: "NoSuchEntityException" });
  });

  it("EC2 tells the endpoints of a region, by filter", async () => {
    const ask = async (region: string, service: string) => {
      const { VpcEndpoints = [] } = await new EC2Client({ ...settings, region }).send(
        new DescribeVpcEndpointsCommand({ Filters: [{ Name: "service-name", Values: [service] }] }),
      );
      return VpcEndpoints;
    };
    const [endpoint] = await ask("us-east-1", "com.amazonaws.us-east-1.bedrock-runtime");
    assert.equal(endpoint?.VpcEndpointType, "Interface");
    assert.equal(endpoint?.PrivateDnsEnabled, true);
    assert.deepEqual(endpoint?.SubnetIds, ["subnet-1", "subnet-2"]);
    assert.equal(endpoint?.DnsEntries?.length, 2);
    assert.match(endpoint?.PolicyDocument ?? "", /AxonFlowTaskRole/);
    assert.deepEqual(await ask("us-east-1", "com.amazonaws.us-east-1.s3"), []);
    assert.deepEqual(await ask("eu-west-1", "com.amazonaws.us-east-1.bedrock-runtime"), []);
  });

  it("CloudTrail tells the trails, whether they log, and what", async () => {
    const cloudTrail = new CloudTrailClient({ ...settings, region: "eu-west-1" });
    const { trailList } = await cloudTrail.send(new DescribeTrailsCommand());
    assert.equal(trailList?.[0]?.IsMultiRegionTrail, true);
    const Name = trailList?.[0]?.TrailARN;
    const { IsLogging } = await cloudTrail.send(new GetTrailStatusCommand({ Name }));
    assert.equal(IsLogging, true);
    const selectors = await cloudTrail.send(new GetEventSelectorsCommand({ TrailName: Name }));
    assert.equal(selectors.EventSelectors?.[0]?.IncludeManagementEvents, true);
  });

  it("CloudWatch Logs tells its groups", async () => {
    aws.account.logs.groups = [{ name: "/bedrock", region: "us-east-1", retentionDays: 30 }];
    const { logGroups } = await new CloudWatchLogsClient(settings).send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: "/bed" }),
    );
    assert.deepEqual(
      logGroups?.map(({ logGroupName, retentionInDays }) => [logGroupName, retentionInDays]),
      [["/bedrock", 30]],
    );
  });

  it("Bedrock's control plane tells models, profiles, and what the account settled", async () => {
    const bedrock = new BedrockClient(settings);
    const { modelSummaries } = await bedrock.send(new ListFoundationModelsCommand());
    assert.ok(modelSummaries?.some(({ modelId }) => modelId === sonnet));
    const profile = await bedrock.send(
      new GetInferenceProfileCommand({ inferenceProfileIdentifier: `us.${sonnet}` }),
    );
    assert.equal(profile.models?.length, 3);
    aws.account.bedrock.unavailable = { [sonnet]: "agreement" };
    const available = await bedrock.send(
      new GetFoundationModelAvailabilityCommand({ modelId: sonnet }),
    );
    assert.equal(available.agreementAvailability?.status, "NOT_AVAILABLE");
    assert.equal(available.authorizationStatus, "AUTHORIZED");
    assert.equal((await bedrock.send(new GetAccountDataRetentionCommand())).mode, "none");
    const logging = await bedrock.send(new GetModelInvocationLoggingConfigurationCommand());
    assert.equal(logging.loggingConfig, undefined);
  });

  const denials = [
    ["sts", () => new STSClient(settings).send(new GetCallerIdentityCommand()), "AccessDenied"],
    [
      "ec2",
      () => new EC2Client(settings).send(new DescribeVpcEndpointsCommand()),
      "UnauthorizedOperation",
    ],
    [
      "bedrock",
      () => new BedrockClient(settings).send(new GetAccountDataRetentionCommand()),
      "AccessDeniedException",
    ],
  ] as const;
  for (const [service, ask, name] of denials) {
    it(`denies access in the words of ${service}`, async () => {
      aws.setFaults([{ service, action: { kind: "access-denied" } }]);
      await assert.rejects(ask(), { name, message: new RegExp(`perform: ${service}:`) });
      aws.clearFaults();
    });
  }
});

describe("the Bedrock emulator", () => {
  it("answers AWS's control services at its own address, and is steered apart from them", async () => {
    const emulator = await createEmulator();
    try {
      const settings = clientSettings(emulator.url);
      const sts = new STSClient(settings);
      const { Account } = await sts.send(new GetCallerIdentityCommand());
      assert.equal(Account, emulator.aws.account.accountId);
      const bedrock = new BedrockClient(settings);
      assert.equal((await bedrock.send(new GetAccountDataRetentionCommand())).mode, "none");
      assert.ok((await bedrock.send(new ListFoundationModelsCommand())).modelSummaries?.length);
      const rules = [{ service: "sts", action: { kind: "throttle" } }];
      const body = JSON.stringify(rules);
      await fetch(`${emulator.url}/_emulator/aws/faults`, { method: "PUT", body });
      await assert.rejects(sts.send(new GetCallerIdentityCommand()), { name: "Throttling" });
      assert.deepEqual(emulator.faults, []);
    } finally {
      await emulator.close();
    }
  });
});
