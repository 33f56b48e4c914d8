import type { AwsClients } from "../aws/aws-clients.ts";
import { orNeverSet } from "../aws/or-never-set.ts";
import type { Ask, Check } from "../check.ts";
import { conclude, evidence, type Problem } from "../findings.ts";
import { bedrockPage, hipaa, pci } from "../rules.ts";

/** What the check needs. */
export interface InvocationLoggingOptions {
  readonly aws: Pick<AwsClients, "bedrock" | "logs" | "s3">;
  readonly region: string;
}

/**
 * Whether Bedrock's own log of prompts and answers, if it is on, is encrypted and ends: it holds them whole, as the gateway
 * sent them.
 */
export function invocationLoggingCheck({ aws, region }: InvocationLoggingOptions): Check {
  return {
    id: "invocation-logging",
    group: "Account",
    title: "Bedrock's log of prompts is off, or encrypted and limited",
    subject: region,
    rules: [
      hipaa("164.312(a)(2)(iv)", "encryption and decryption"),
      pci("3.2.1", "account data is kept no longer than needed"),
      bedrockPage("model invocation logging", "model-invocation-logging"),
    ],
    async run(ask) {
      const bedrock = await aws.bedrock(region);
      const { loggingConfig } = await ask(
        "bedrock:GetModelInvocationLoggingConfiguration",
        (options) => bedrock.getModelInvocationLoggingConfiguration({}, options),
      );
      const logGroup = loggingConfig?.cloudWatchConfig?.logGroupName;
      const buckets = [
        loggingConfig?.s3Config?.bucketName,
        loggingConfig?.cloudWatchConfig?.largeDataDeliveryS3Config?.bucketName,
      ].filter((name) => name !== undefined);
      const problems = [
        ...(logGroup ? await logGroupProblems(ask, aws, region, logGroup) : []),
        ...(await Promise.all(
          [...new Set(buckets)].map((bucket) => bucketProblems(ask, aws, region, bucket)),
        )),
      ];
      const isOn = loggingConfig !== undefined;
      return conclude(
        isOn ? "It is on, encrypted, and ends by itself." : "It is off: Bedrock logs no prompts.",
        problems.flat(),
        evidence({
          "invocation logging": isOn,
          "log group": logGroup,
          buckets: buckets.join(", "),
        }),
      );
    },
  };
}

async function logGroupProblems(
  ask: Ask,
  aws: InvocationLoggingOptions["aws"],
  region: string,
  name: string,
): Promise<readonly Problem[]> {
  const logs = await aws.logs(region);
  const { logGroups = [] } = await ask("logs:DescribeLogGroups", (options) =>
    logs.describeLogGroups({ logGroupNamePrefix: name }, options),
  );
  const group = logGroups.find(({ logGroupName }) => logGroupName === name);
  if (!group) {
    const reason = `The log group ${name} is not there, so what Bedrock logs is lost.`;
    return [
      { verdict: "fail", reason, remedy: `aws logs create-log-group --log-group-name ${name}` },
    ];
  }
  return [
    ...(group.kmsKeyId ? [] : [unsealed(`The log group ${name}`, sealGroup(name))]),
    ...(group.retentionInDays ? [] : [endless(`The log group ${name}`, limitGroup(name))]),
  ];
}

async function bucketProblems(
  ask: Ask,
  aws: InvocationLoggingOptions["aws"],
  region: string,
  bucket: string,
): Promise<readonly Problem[]> {
  const s3 = await aws.s3(region);
  const [encryption, lifecycle] = await Promise.all([
    orNeverSet(
      ask("s3:GetEncryptionConfiguration", (options) =>
        s3.getBucketEncryption({ Bucket: bucket }, options),
      ),
    ),
    orNeverSet(
      ask("s3:GetLifecycleConfiguration", (options) =>
        s3.getBucketLifecycleConfiguration({ Bucket: bucket }, options),
      ),
    ),
  ]);
  const rules = encryption?.ServerSideEncryptionConfiguration?.Rules ?? [];
  const isSealed = rules.some(({ ApplyServerSideEncryptionByDefault: by }) =>
    by?.SSEAlgorithm?.startsWith("aws:kms"),
  );
  const ends = lifecycle?.Rules?.some(
    ({ Status, Expiration }) => Status === "Enabled" && Expiration?.Days !== undefined,
  );
  const where = `The bucket ${bucket}`;
  return [
    ...(isSealed ? [] : [unsealed(where, sealBucket(bucket))]),
    ...(ends ? [] : [endless(where, limitBucket(bucket))]),
  ];
}

function unsealed(where: string, remedy: string): Problem {
  const reason = `${where} holds prompts and answers, and is not encrypted with a key of KMS.`;
  return { verdict: "fail", reason, remedy };
}

function endless(where: string, remedy: string): Problem {
  return { verdict: "fail", reason: `${where} keeps prompts and answers for good.`, remedy };
}

const sealGroup = (name: string) =>
  `aws logs associate-kms-key --log-group-name ${name} --kms-key-id KEY_ARN`;
const limitGroup = (name: string) =>
  `aws logs put-retention-policy --log-group-name ${name} --retention-in-days 30`;
const sealBucket = (bucket: string) =>
  `aws s3api put-bucket-encryption --bucket ${bucket} --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"KEY_ARN"},"BucketKeyEnabled":true}]}'`;
const limitBucket = (bucket: string) =>
  `aws s3api put-bucket-lifecycle-configuration --bucket ${bucket} --lifecycle-configuration '{"Rules":[{"ID":"end","Status":"Enabled","Filter":{},"Expiration":{"Days":30}}]}'`;
