import type { KMSClient } from "@aws-sdk/client-kms";
import { AuditRefused } from "../audit-refused.ts";

/** How long one question may take, its retry included, in milliseconds. */
const limitMs = 2000;

/** Asks one thing of KMS, in bounded time. */
export type AskKms = <Output>(
  ask: (client: KMSClient, options: { readonly abortSignal: AbortSignal }) => Promise<Output>,
) => Promise<Output>;

export interface KmsOptions {
  /** A key's id, ARN, or alias. */
  readonly keyId: string;
  /** Default: as the AWS SDK finds it. */
  readonly region?: string | undefined;
}

/** A client of KMS; the SDK is loaded only where a key of KMS is configured. */
export async function openKms({ keyId, region }: KmsOptions): Promise<AskKms> {
  const { KMSClient } = await import("@aws-sdk/client-kms");
  const fromArn = /^arn:[^:]+:kms:(?<region>[^:]+):/.exec(keyId)?.groups?.region;
  const place = fromArn ?? region;
  const client = new KMSClient({ maxAttempts: 2, ...(place !== undefined && { region: place }) });
  return (ask) => ask(client, { abortSignal: AbortSignal.timeout(limitMs) });
}

/** What is wrong with a key that cannot be used, in words for the operator. */
export function kmsRefused(setting: string, keyId: string, error: unknown): AuditRefused {
  const name = error instanceof Error ? error.name : "";
  const remedy = remedies[name] ?? "Look whether KMS can be reached from here";
  return new AuditRefused(`${setting}: the key ${keyId} cannot be used (${name}). ${remedy}.`);
}

/** By the names of https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html and of the operations. */
const remedies: Readonly<Record<string, string>> = {
  AccessDeniedException:
    "Allow the gateway's role kms:DescribeKey and kms:GenerateDataKey and kms:Decrypt on it, or kms:GetPublicKey and kms:Sign where it signs: `axonflow iam-policy` prints the policy",
  NotFoundException: "There is no such key in this account and region",
  DisabledException: "Enable it",
  KMSInvalidStateException: "It is pending deletion, or not ready: cancel that, or choose another",
  InvalidKeyUsageException: "It is made for something else: choose another",
  CredentialsProviderError: "Give the gateway AWS credentials",
};
