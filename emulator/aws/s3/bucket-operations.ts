import { AwsError } from "../aws-error.ts";
import type { AwsReply } from "../aws-service.ts";
import { type XmlContent, xmlElement } from "../xml.ts";
import type { S3Bucket } from "./s3-account.ts";
import type { S3Operation } from "./s3-service.ts";

const namespace = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

/** An answer of S3 in XML. */
export function xmlReply(name: string, content: XmlContent): AwsReply {
  const body = Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n${xmlElement(name, content, namespace)}`,
  );
  return { status: 200, headers: { "Content-Type": "application/xml" }, body };
}

/** S3's operations that tell how a bucket is set up; what was never set is an error of its own. */
export function bucketOperations(): Readonly<Record<string, S3Operation>> {
  return {
    HeadBucket: ({ bucket }) => ({
      status: 200,
      headers: { "x-amz-bucket-region": bucket.region },
      body: Buffer.alloc(0),
    }),
    GetBucketVersioning: ({ bucket }) =>
      xmlReply("VersioningConfiguration", { Status: bucket.versioning }),
    GetObjectLockConfiguration: ({ bucket }) =>
      xmlReply("ObjectLockConfiguration", lockConfiguration(bucket)),
    GetPublicAccessBlock({ bucket }) {
      const { publicAccessBlock } = bucket;
      if (!publicAccessBlock) throw neverSet("NoSuchPublicAccessBlockConfiguration");
      return xmlReply("PublicAccessBlockConfiguration", { ...publicAccessBlock });
    },
    GetBucketEncryption({ bucket }) {
      const { encryption } = bucket;
      if (!encryption) throw neverSet("ServerSideEncryptionConfigurationNotFoundError");
      return xmlReply("ServerSideEncryptionConfiguration", {
        Rule: {
          ApplyServerSideEncryptionByDefault: {
            SSEAlgorithm: encryption.algorithm,
            KMSMasterKeyID: encryption.keyId,
          },
          BucketKeyEnabled: true,
        },
      });
    },
    GetBucketLifecycleConfiguration({ bucket }) {
      if (!bucket.lifecycle) throw neverSet("NoSuchLifecycleConfiguration");
      return xmlReply("LifecycleConfiguration", {
        Rule: bucket.lifecycle.map(({ id, prefix, isEnabled, expirationDays }) => ({
          ID: id,
          Filter: { Prefix: prefix },
          Status: isEnabled ? "Enabled" : "Disabled",
          Expiration: { Days: expirationDays },
        })),
      });
    },
    GetBucketPolicyStatus({ bucket }) {
      if (bucket.isPolicyPublic === undefined) throw neverSet("NoSuchBucketPolicy");
      return xmlReply("PolicyStatus", { IsPublic: bucket.isPolicyPublic });
    },
  };
}

function lockConfiguration({ objectLock }: S3Bucket): XmlContent {
  if (!objectLock) throw neverSet("ObjectLockConfigurationNotFoundError");
  const { mode, days, years } = objectLock;
  return {
    ObjectLockEnabled: "Enabled",
    ...(mode && { Rule: { DefaultRetention: { Mode: mode, Days: days, Years: years } } }),
  };
}

function neverSet(code: string): AwsError {
  return new AwsError(code, "The configuration was not found", 404);
}
