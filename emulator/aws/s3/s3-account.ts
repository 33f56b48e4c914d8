/** How objects of a bucket are locked; without a mode, Object Lock is on and nothing locks by default. */
export interface S3ObjectLock {
  mode?: "COMPLIANCE" | "GOVERNANCE";
  days?: number;
  years?: number;
}

/** The four switches of a public-access block. */
export interface S3PublicAccessBlock {
  BlockPublicAcls: boolean;
  IgnorePublicAcls: boolean;
  BlockPublicPolicy: boolean;
  RestrictPublicBuckets: boolean;
}

/** A lifecycle rule that ends objects. */
export interface S3LifecycleRule {
  id: string;
  prefix: string;
  isEnabled: boolean;
  expirationDays: number;
}

/** A bucket's settings; a test changes them while the emulator runs. What is missing was never set. */
export interface S3Bucket {
  name: string;
  region: string;
  versioning?: "Enabled" | "Suspended";
  objectLock?: S3ObjectLock;
  publicAccessBlock?: S3PublicAccessBlock;
  encryption?: { algorithm: "AES256" | "aws:kms" | "aws:kms:dsse"; keyId?: string };
  lifecycle?: S3LifecycleRule[];
  /** Whether its policy lets the public in; missing when there is no policy. */
  isPolicyPublic?: boolean;
  /** Operations that are denied, such as `PutObject`. */
  denies: string[];
}

/** A good archive: versioned, locked in COMPLIANCE mode, closed to the public, sealed with KMS. */
export function s3Bucket(changes: Partial<S3Bucket> & Pick<S3Bucket, "name">): S3Bucket {
  return {
    region: "us-east-1",
    versioning: "Enabled",
    objectLock: { mode: "COMPLIANCE", days: 2555 },
    publicAccessBlock: {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    },
    encryption: { algorithm: "aws:kms" },
    denies: [],
    ...changes,
  };
}
