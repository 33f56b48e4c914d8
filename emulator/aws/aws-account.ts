import type { Agreement } from "./artifact/artifact-service.ts";
import type { BedrockAccount } from "./bedrock/bedrock-account.ts";
import { type Trail, trail } from "./cloud-trail/cloud-trail-service.ts";
import { type VpcEndpoint, vpcEndpoint } from "./ec2/ec2-account.ts";
import { type IamRole, modelPolicy } from "./iam/iam-account.ts";
import type { KmsKey } from "./kms/kms-account.ts";
import { kmsKey } from "./kms/kms-account.ts";
import type { LogGroup } from "./logs/logs-service.ts";
import { type S3Bucket, s3Bucket } from "./s3/s3-account.ts";

/** An AWS account as the emulator plays it: a plain object, which a test may change at any time. */
export interface AwsAccount {
  /** Twelve digits. */
  accountId: string;
  /** Whom every key pair belongs to. */
  caller: { arn: string; userId: string };
  kms: { keys: KmsKey[] };
  s3: { buckets: S3Bucket[] };
  iam: { roles: IamRole[] };
  ec2: { vpcEndpoints: VpcEndpoint[] };
  cloudTrail: { trails: Trail[] };
  logs: { groups: LogGroup[] };
  bedrock: BedrockAccount;
  artifact: { agreements: Agreement[] };
}

/** The id of the key that seals in the good account. */
export const sealingKeyId = "11111111-1111-4111-8111-111111111111";
/** The id of its P-256 key that signs. */
export const signingKeyId = "22222222-2222-4222-8222-222222222222";
/** The id of its Ed25519 key that signs. */
export const ed25519KeyId = "33333333-3333-4333-8333-333333333333";
/** The name of its archive. */
export const archiveBucket = "axonflow-audit";

/** A new account in which everything is as it should be. */
export function goodAccount(): AwsAccount {
  return {
    accountId: "123456789012",
    caller: {
      arn: "arn:aws:sts::123456789012:assumed-role/AxonFlowTaskRole/emulator",
      userId: "AROAEMULATOR:emulator",
    },
    kms: {
      keys: [
        kmsKey({ id: sealingKeyId, aliases: ["alias/axonflow-audit"] }),
        kmsKey({
          id: signingKeyId,
          spec: "ECC_NIST_P256",
          aliases: ["alias/axonflow-audit-signing"],
        }),
        kmsKey({ id: ed25519KeyId, spec: "ECC_NIST_EDWARDS25519" }),
      ],
    },
    s3: { buckets: [s3Bucket({ name: archiveBucket })] },
    iam: {
      roles: [
        {
          name: "AxonFlowTaskRole",
          path: "/",
          inline: [],
          attached: [
            {
              arn: "arn:aws:iam::123456789012:policy/AxonFlowBedrockAccess",
              document: modelPolicy(
                "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-5-sonnet-20240620-v1:0",
              ),
            },
          ],
        },
      ],
    },
    ec2: { vpcEndpoints: [vpcEndpoint()] },
    cloudTrail: { trails: [trail()] },
    logs: { groups: [] },
    bedrock: {
      lifecycle: "guide",
      unavailable: {},
      dataRetention: { "us-east-1": "none" },
      invocationLogging: {},
    },
    artifact: {
      agreements: [
        {
          name: "AWS Business Associate Addendum",
          state: "ACTIVE",
          effectiveStart: "2026-01-31T00:00:00Z",
        },
      ],
    },
  };
}
