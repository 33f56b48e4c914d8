import type { Archive } from "./archive.ts";

export interface S3ArchiveOptions {
  /** `s3://bucket/prefix`, as AXONFLOW_AUDIT_EXPORT_URL has it. */
  readonly url: string;
  /** Default: as the AWS SDK finds it. */
  readonly region?: string | undefined;
}

/** How long one object may take, its retries included, in milliseconds. */
const limitMs = 60_000;

/**
 * An S3 bucket with Object Lock: each object is locked in compliance mode, so that no right of the account changes or deletes
 * it before its time. The SDK is loaded only where a bucket is configured.
 */
export async function openS3Archive({ url, region }: S3ArchiveOptions): Promise<Archive> {
  const { S3Client, PutObjectCommand } = await import("@aws-sdk/client-s3");
  const { host: bucket, pathname } = new URL(url);
  const prefix = pathname.replace(/^\/|\/$/g, "");
  const keyOf = (name: string) => (prefix === "" ? name : `${prefix}/${name}`);
  const client = new S3Client({
    maxAttempts: 3,
    followRegionRedirects: true,
    ...(region !== undefined && { region }),
  });
  return {
    async put(name, bytes, keepUntilEpochMs) {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: keyOf(name),
        Body: bytes,
        ContentType: "application/json",
        IfNoneMatch: "*",
        ObjectLockMode: "COMPLIANCE",
        ObjectLockRetainUntilDate: new Date(keepUntilEpochMs),
      });
      try {
        await client.send(command, { abortSignal: AbortSignal.timeout(limitMs) });
      } catch (error) {
        if (isTaken(error)) return;
        throw new Error(`s3://${bucket}/${keyOf(name)} could not be written: ${told(error)}`, {
          cause: error,
        });
      }
    },
    addressOf: (name) => `s3://${bucket}/${keyOf(name)}`,
  };
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && error.name === "PreconditionFailed";
}

function told(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
  const remedy = remedies[name];
  return remedy === undefined ? `${name}: ${message}` : `${name}. ${remedy}.`;
}

/** By the names of https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. */
const remedies: Readonly<Record<string, string>> = {
  AccessDenied:
    "Allow the gateway's role s3:PutObject and s3:PutObjectRetention there: `axonflow iam-policy` prints the policy",
  NoSuchBucket: "Create the bucket, with Object Lock, or mend AXONFLOW_AUDIT_EXPORT_URL",
  InvalidRequest:
    "The bucket has no Object Lock: it can be switched on for a bucket that has versioning. `axonflow doctor --only archive` tells more",
  CredentialsProviderError: "Give the gateway AWS credentials",
};
