import { describe, it } from "node:test";
import type { AwsAccount } from "../../../emulator/aws/aws-account.ts";
import { createAwsClients } from "../../../server/doctor/aws/aws-clients.ts";
import { archiveCheck } from "../../../server/doctor/checks/archive.ts";
import { dataRetentionCheck } from "../../../server/doctor/checks/data-retention.ts";
import { invocationLoggingCheck } from "../../../server/doctor/checks/invocation-logging.ts";
import { kmsKeyCheck } from "../../../server/doctor/checks/kms-key.ts";
import {
  type Case,
  type Examined,
  examineAll,
  examinedAws,
  expectFinding,
  first,
} from "./examined.ts";

const region = "us-east-1";
const at = { aws: createAwsClients({ tries: 1 }), region };
const archive = { ...at, exportUrl: "s3://axonflow-audit/log", retentionDays: 2555 };
const sealing = { ...at, keyId: "alias/axonflow-audit", purpose: "encryption" } as const;

const bucketOf = (account: AwsAccount) => first(account.s3.buckets);
const keyOf = (account: AwsAccount) => first(account.kms.keys);
const logTo = (account: AwsAccount, kmsKeyArn?: string, retentionDays?: number) => {
  account.bedrock.invocationLogging[region] = {
    cloudWatchConfig: { logGroupName: "/bedrock", roleArn: "arn:aws:iam::123456789012:role/log" },
  };
  const group = { name: "/bedrock", region };
  account.logs.groups = [
    { ...group, ...(kmsKeyArn && { kmsKeyArn }), ...(retentionDays && { retentionDays }) },
  ];
};
const logToBucket = (account: AwsAccount, name: string) => {
  account.bedrock.invocationLogging[region] = { s3Config: { bucketName: name } };
};

const examined: readonly Examined[] = [
  {
    check: invocationLoggingCheck(at),
    asks: ["bedrock GetModelInvocationLoggingConfiguration"],
    cases: [
      ["no log of prompts", () => {}, { verdict: "pass", reason: /It is off/ }],
      [
        "a log group that is sealed and ends",
        (account) => logTo(account, "arn:aws:kms:us-east-1:123456789012:key/k", 30),
        { verdict: "pass", reason: /It is on, encrypted/ },
      ],
      [
        "a log group without a key that never ends",
        (account) => logTo(account),
        {
          verdict: "fail",
          reason: /not encrypted.*keeps prompts and answers for good/,
          remedy: /associate-kms-key.*\n.*put-retention-policy/,
        },
      ],
      [
        "a log group that is not there",
        (account) => {
          logTo(account);
          account.logs.groups = [];
        },
        { verdict: "fail", reason: /is not there/, remedy: /create-log-group/ },
      ],
      [
        "a bucket that is sealed and ends",
        (account) => {
          logToBucket(account, "axonflow-audit");
          const rule = { id: "end", prefix: "", isEnabled: true, expirationDays: 30 };
          bucketOf(account).lifecycle = [rule];
        },
        { verdict: "pass", reason: /It is on/ },
      ],
      [
        "a bucket as S3 makes them",
        (account) => {
          logToBucket(account, "plain");
          account.s3.buckets.push({ name: "plain", region, denies: [] });
        },
        { verdict: "fail", reason: /bucket plain.*not encrypted.*for good/, remedy: /lifecycle/ },
      ],
      [
        "a log group that may not be described",
        (account) => logTo(account),
        {
          verdict: "unknown",
          reason: /may not call logs:DescribeLogGroups/,
          denied: "logs DescribeLogGroups",
        },
      ],
      [
        "a bucket that is somebody else's",
        (account) => logToBucket(account, "gone"),
        { verdict: "unknown", reason: /answered with NoSuchBucket/ },
      ],
    ],
  },
  {
    check: dataRetentionCheck(at),
    asks: ["bedrock GetAccountDataRetention"],
    cases: [
      ["none", () => {}, { verdict: "pass", reason: /mode is none/ }],
      ...(["inherit", "default"] as const).map(
        (mode): Case => [
          mode,
          (account) => {
            account.bedrock.dataRetention[region] = mode;
          },
          { verdict: "warn", reason: new RegExp(`mode ${mode}`), remedy: /--mode none/ },
        ],
      ),
      ...(["provider_data_share", "aws_review"] as const).map(
        (mode): Case => [
          mode,
          (account) => {
            account.bedrock.dataRetention[region] = mode;
          },
          { verdict: "fail", reason: new RegExp(`mode ${mode}`), remedy: /--mode none/ },
        ],
      ),
    ],
  },
  {
    check: kmsKeyCheck(sealing),
    asks: ["kms DescribeKey", "kms GetKeyRotationStatus"],
    cases: [
      ["a key that changes", () => {}, { verdict: "pass", reason: /in force/ }],
      [
        "a key that signs",
        () => {},
        { verdict: "pass", reason: /in force/ },
        kmsKeyCheck({ ...at, keyId: "alias/axonflow-audit-signing", purpose: "signing" }),
      ],
      [
        "a key that never changes",
        (account) => {
          keyOf(account).rotates = false;
        },
        { verdict: "warn", reason: /never changes/, remedy: /enable-key-rotation/ },
      ],
      [
        "a key of AWS's own",
        (account) => {
          keyOf(account).manager = "AWS";
        },
        { verdict: "warn", reason: /managed by AWS/ },
      ],
      [
        "a file",
        () => {},
        { verdict: "warn", reason: /is a file/, remedy: /AXONFLOW_AUDIT_KMS_KEY_ID/ },
        kmsKeyCheck({ ...sealing, keyId: undefined }),
      ],
      [
        "a key that is disabled",
        (account) => {
          keyOf(account).state = "Disabled";
        },
        { verdict: "fail", reason: /is Disabled/, remedy: /enable-key/ },
      ],
      [
        "a key that is to be deleted",
        (account) => {
          keyOf(account).state = "PendingDeletion";
        },
        { verdict: "fail", reason: /is PendingDeletion/, remedy: /cancel-key-deletion/ },
      ],
      [
        "a key for something else",
        () => {},
        { verdict: "fail", reason: /for SIGN_VERIFY, and ENCRYPT_DECRYPT/ },
        kmsKeyCheck({ ...sealing, keyId: "alias/axonflow-audit-signing" }),
      ],
      [
        "a key that there is not",
        () => {},
        { verdict: "unknown", reason: /answered with NotFoundException/ },
        kmsKeyCheck({ ...sealing, keyId: "alias/other" }),
      ],
    ],
  },
  {
    check: archiveCheck(archive),
    asks: [
      "s3 GetBucketVersioning",
      "s3 GetObjectLockConfiguration GetBucketObjectLockConfiguration",
      "s3 GetPublicAccessBlock GetBucketPublicAccessBlock",
      "s3 GetBucketEncryption GetEncryptionConfiguration",
    ],
    cases: [
      ["a locked bucket", () => {}, { verdict: "pass", reason: /COMPLIANCE mode for 2555 days/ }],
      [
        "a bucket in another region, locked by years",
        (account) => {
          const bucket = bucketOf(account);
          bucket.region = "eu-central-1";
          bucket.objectLock = { mode: "COMPLIANCE", years: 7 };
        },
        { verdict: "pass", reason: /for 2555 days/ },
      ],
      [
        "a bucket without a key of KMS",
        (account) => {
          bucketOf(account).encryption = { algorithm: "AES256" };
        },
        { verdict: "warn", reason: /not encrypted with a key of KMS/ },
      ],
      [
        "no bucket",
        () => {},
        { verdict: "warn", reason: /copied nowhere/, remedy: /AXONFLOW_AUDIT_EXPORT_URL/ },
        archiveCheck({ ...archive, exportUrl: undefined }),
      ],
      [
        "GOVERNANCE mode",
        (account) => {
          bucketOf(account).objectLock = { mode: "GOVERNANCE", days: 2555 };
        },
        { verdict: "fail", reason: /GOVERNANCE mode, which some may lift/, remedy: /COMPLIANCE/ },
      ],
      [
        "a lock that ends before the log does",
        (account) => {
          bucketOf(account).objectLock = { mode: "COMPLIANCE", days: 365 };
        },
        { verdict: "fail", reason: /365 days, and the log is kept for 2555/ },
      ],
      [
        "a bucket as S3 makes them",
        (account) => {
          account.s3.buckets = [{ name: "axonflow-audit", region, denies: [] }];
        },
        {
          verdict: "fail",
          reason: /no versions.*locks nothing.*public access/,
          remedy: /put-bucket-versioning.*\n.*put-object-lock.*\n.*put-public-access-block/,
        },
      ],
      [
        "a bucket that there is not",
        (account) => {
          account.s3.buckets = [];
        },
        { verdict: "unknown", reason: /answered with NoSuchBucket/ },
      ],
    ],
  },
];

describe("doctor's checks of what is kept, and sealed with what", () => {
  const world = examinedAws();
  examineAll(world, examined);

  const mishaps = [
    ["throttle", /is throttling kms:DescribeKey/],
    ["server-error", /answered with InternalFailure/],
    ["reset", /kms could not be reached from here.*ECONNRESET/],
  ] as const;
  for (const [kind, reason] of mishaps) {
    it(`takes ${kind} for unknown`, async () => {
      world.aws.setFaults([{ service: "kms", action: { kind } }]);
      await expectFinding(kmsKeyCheck(sealing), { verdict: "unknown", reason });
    });
  }
});
