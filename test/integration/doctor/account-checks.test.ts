import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AwsAccount } from "../../../emulator/aws/aws-account.ts";
import type { IamStatement } from "../../../emulator/aws/iam/iam-account.ts";
import { createAwsClients } from "../../../server/doctor/aws/aws-clients.ts";
import { cloudTrailCheck } from "../../../server/doctor/checks/cloud-trail.ts";
import { iamBreadthCheck } from "../../../server/doctor/checks/iam-breadth.ts";
import { identityCheck } from "../../../server/doctor/checks/identity.ts";
import { type Examined, examineAll, examinedAws, expectFinding, first } from "./examined.ts";

const at = { aws: createAwsClients({ tries: 1 }), region: "us-east-1" };
const sonnet =
  "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-5-sonnet-20240620-v1:0";
const breadth = { ...at, role: undefined, neededCalls: () => [{ resource: sonnet }] };

const trailOf = (account: AwsAccount) => first(account.cloudTrail.trails);
const advanced = (...fields: object[]) => [{ Name: "all", FieldSelectors: fields }];
const management = { Field: "eventCategory", Equals: ["Management"] };
const allow = (account: AwsAccount, ...statements: Omit<IamStatement, "Effect">[]) => {
  const more = statements.map((each) => ({ Effect: "Allow", ...each }) as IamStatement);
  const document = { Version: "2012-10-17", Statement: more };
  first(account.iam.roles).inline = [{ name: "more", document }];
};

const examined: readonly Examined[] = [
  {
    check: identityCheck(at),
    asks: ["sts GetCallerIdentity"],
    cases: [
      ["a role", () => {}, { verdict: "pass", reason: /is a role/ }],
      [
        "a user with access keys",
        (account) => {
          account.caller.arn = "arn:aws:iam::123456789012:user/deploy";
        },
        { verdict: "warn", reason: /IAM user/, remedy: /role/ },
      ],
      [
        "the root user",
        (account) => {
          account.caller.arn = "arn:aws:iam::123456789012:root";
        },
        { verdict: "fail", reason: /root user/, remedy: /Delete/ },
      ],
    ],
  },
  {
    check: cloudTrailCheck(at),
    asks: [
      "cloudtrail DescribeTrails",
      "cloudtrail GetTrailStatus",
      "cloudtrail GetEventSelectors",
    ],
    cases: [
      ["a trail of all events", () => {}, { verdict: "pass", reason: /account-trail logs/ }],
      [
        "advanced selectors of all management events",
        (account) => {
          trailOf(account).advancedEventSelectors = advanced(management);
        },
        { verdict: "pass", reason: /account-trail logs/ },
      ],
      [
        "a bad trail beside a good one",
        (account) => {
          const good = trailOf(account);
          account.cloudTrail.trails = [{ ...good, name: "old", isLogging: false }, good];
        },
        { verdict: "pass", reason: /account-trail logs/ },
      ],
      [
        "one region, no validation, no key",
        (account) => {
          const { kmsKeyId: _, ...trail } = trailOf(account);
          account.cloudTrail.trails = [{ ...trail, isMultiRegion: false, validatesFiles: false }];
        },
        {
          verdict: "warn",
          reason: /one region only\..*does not validate.*not encrypted/,
          remedy: /--is-multi-region-trail\n.*--enable-log-file-validation\n.*--kms-key-id/,
        },
      ],
      [
        "files that cannot be delivered",
        (account) => {
          trailOf(account).deliveryError = "NoSuchBucket";
        },
        { verdict: "warn", reason: /could not deliver/ },
      ],
      [
        "a trail that is stopped",
        (account) => {
          trailOf(account).isLogging = false;
        },
        { verdict: "fail", reason: /is stopped/, remedy: /start-logging --name account-trail/ },
      ],
      [
        "a trail of writes alone",
        (account) => {
          trailOf(account).eventSelectors = [
            { ReadWriteType: "WriteOnly", IncludeManagementEvents: true },
          ];
        },
        { verdict: "fail", reason: /leaves out management events that read/, remedy: /"All"/ },
      ],
      [
        "advanced selectors of writes alone",
        (account) => {
          const writes = { Field: "readOnly", Equals: ["false"] };
          trailOf(account).advancedEventSelectors = advanced(management, writes);
        },
        { verdict: "fail", reason: /leaves out management events/ },
      ],
      [
        "advanced selectors of data alone",
        (account) => {
          const data = { Field: "eventCategory", Equals: ["Data"] };
          trailOf(account).advancedEventSelectors = advanced(data);
        },
        { verdict: "fail", reason: /leaves out management events/ },
      ],
      [
        "no trail",
        (account) => {
          account.cloudTrail.trails = [];
        },
        { verdict: "fail", reason: /no trail in us-east-1/, remedy: /create-trail/ },
      ],
    ],
  },
  {
    check: iamBreadthCheck(breadth),
    asks: [
      "sts GetCallerIdentity",
      "iam GetRole",
      "iam ListRolePolicies",
      "iam ListAttachedRolePolicies",
      "iam GetPolicy",
      "iam GetPolicyVersion",
      "iam SimulatePrincipalPolicy",
    ],
    cases: [
      ["one model", () => {}, { verdict: "pass", reason: /none of what must be denied/ }],
      [
        "the role of somebody else, by its ARN",
        (account) => {
          account.caller.arn = "arn:aws:iam::123456789012:user/auditor";
        },
        { verdict: "pass", reason: /none of what must be denied/ },
        iamBreadthCheck({ ...breadth, role: "arn:aws:iam::123456789012:role/AxonFlowTaskRole" }),
      ],
      [
        "every region",
        (account) =>
          allow(account, {
            Action: "bedrock:InvokeModel",
            Resource: sonnet.replace("us-east-1", "*"),
          }),
        { verdict: "warn", reason: /leaves places open/, remedy: /axonflow iam-policy/ },
      ],
      [
        "an action that is not needed",
        (account) => allow(account, { Action: "bedrock:CreateEvaluationJob", Resource: "*" }),
        { verdict: "warn", reason: /CreateEvaluationJob, which the gateway does not need/ },
      ],
      [
        "the setup guide's own policy",
        (account) =>
          allow(account, {
            Action: "bedrock:InvokeModel",
            Resource: "arn:aws:bedrock:*::foundation-model/*",
          }),
        { verdict: "fail", reason: /allows calls of every model/, remedy: /axonflow iam-policy/ },
      ],
      [
        "all of Bedrock",
        (account) => allow(account, { Action: "bedrock:*", Resource: "*" }),
        {
          verdict: "fail",
          reason: /must be denied: bedrock:CreateModelCustomizationJob.*everything of a service/,
        },
      ],
      [
        "everything but something",
        (account) => allow(account, { NotAction: "iam:*", Resource: "*" }),
        { verdict: "fail", reason: /NotAction/ },
      ],
      [
        "all models but one",
        (account) => allow(account, { Action: "bedrock:InvokeModel", NotResource: "a" }),
        { verdict: "fail", reason: /NotResource/ },
      ],
      [
        "the trail may be stopped",
        (account) => allow(account, { Action: "cloudtrail:StopLogging", Resource: "*" }),
        { verdict: "fail", reason: /must be denied: cloudtrail:StopLogging/ },
      ],
      [
        "another model than the configured one",
        (account) => {
          first(account.iam.roles).attached = [];
        },
        { verdict: "fail", reason: /may not call arn:aws:bedrock.*claude-3-5/, remedy: /Allow it/ },
      ],
      [
        "a user who says no role",
        (account) => {
          account.caller.arn = "arn:aws:iam::123456789012:user/auditor";
        },
        { verdict: "unknown", reason: /no role/, remedy: /--role/ },
      ],
      [
        "a role that is not there",
        () => {},
        { verdict: "unknown", reason: /answered with NoSuchEntity/ },
        iamBreadthCheck({ ...breadth, role: "Nobody" }),
      ],
    ],
  },
];

describe("doctor's checks of who may do what, and of what is recorded", () => {
  const world = examinedAws();
  examineAll(world, examined);

  it("does not let a trail that it may not look into hide a good one", async () => {
    const [good] = world.account.cloudTrail.trails;
    assert.ok(good);
    world.account.cloudTrail.trails.push({ ...good, name: "organization" });
    const action = { kind: "access-denied" } as const;
    world.aws.setFaults([{ operation: "GetTrailStatus", times: 1, action }]);
    await expectFinding(cloudTrailCheck(at), { verdict: "pass", reason: /logs every call/ });
  });
});
