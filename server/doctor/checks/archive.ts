import type { AwsClients } from "../aws/aws-clients.ts";
import { orNeverSet } from "../aws/or-never-set.ts";
import type { Ask, Check } from "../check.ts";
import { conclude, evidence, type Problem } from "../findings.ts";
import { aws, hipaa, pci } from "../rules.ts";

/** What the check needs. */
export interface ArchiveOptions {
  readonly aws: Pick<AwsClients, "s3">;
  readonly region: string;
  /** `s3://bucket/prefix`; undefined where the log is copied nowhere. */
  readonly exportUrl: string | undefined;
  readonly retentionDays: number;
}

/** Whether the audit log's copy is where nobody can change it for as long as it is kept. */
export function archiveCheck(archive: ArchiveOptions): Check {
  const { aws: clients, region, exportUrl, retentionDays } = archive;
  return {
    id: "archive",
    group: "Encryption and archive",
    title: "The audit log's archive cannot be changed",
    subject: exportUrl ?? "",
    rules: [
      hipaa("164.312(c)(1)", "integrity"),
      hipaa("164.316(b)(2)(i)", "six years of retention"),
      pci("10.3.2", "audit logs are protected from changes"),
      aws(
        "S3 Object Lock",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",
      ),
    ],
    async run(ask) {
      if (exportUrl === undefined) {
        return conclude("", [nowhere], evidence({ AuditExportUrl: undefined }));
      }
      const state = await readBucket(ask, await clients.s3(region), new URL(exportUrl).host);
      return conclude(
        `Every object of ${state.bucket} is locked in COMPLIANCE mode for ${state.days} days.`,
        problemsOf(state, retentionDays),
        evidence({
          bucket: state.bucket,
          versioning: state.isVersioned,
          "lock mode": state.mode,
          "locked for days": state.days,
          "public access blocked": `${state.blocks} of 4 ways`,
          encryption: state.algorithm,
        }),
      );
    },
  };
}

type S3Client = Awaited<ReturnType<AwsClients["s3"]>>;

async function readBucket(ask: Ask, s3: S3Client, Bucket: string): Promise<BucketState> {
  const [versioning, lock, block, encryption] = await Promise.all([
    ask("s3:GetBucketVersioning", (options) => s3.getBucketVersioning({ Bucket }, options)),
    orNeverSet(
      ask("s3:GetBucketObjectLockConfiguration", (options) =>
        s3.getObjectLockConfiguration({ Bucket }, options),
      ),
    ),
    orNeverSet(
      ask("s3:GetBucketPublicAccessBlock", (options) =>
        s3.getPublicAccessBlock({ Bucket }, options),
      ),
    ),
    orNeverSet(
      ask("s3:GetEncryptionConfiguration", (options) =>
        s3.getBucketEncryption({ Bucket }, options),
      ),
    ),
  ]);
  const retention = lock?.ObjectLockConfiguration?.Rule?.DefaultRetention;
  const [sealing] = encryption?.ServerSideEncryptionConfiguration?.Rules ?? [];
  return {
    bucket: Bucket,
    isVersioned: versioning.Status === "Enabled",
    mode: retention?.Mode,
    days: retention?.Days ?? (retention?.Years ?? 0) * 365,
    blocks: Object.values(block?.PublicAccessBlockConfiguration ?? {}).filter(Boolean).length,
    algorithm: sealing?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
  };
}

interface BucketState {
  readonly bucket: string;
  readonly isVersioned: boolean;
  readonly mode: string | undefined;
  readonly days: number;
  readonly blocks: number;
  readonly algorithm: string | undefined;
}

function problemsOf(state: BucketState, retentionDays: number): readonly Problem[] {
  const { bucket, mode, days } = state;
  const lock = `aws s3api put-object-lock-configuration --bucket ${bucket} --object-lock-configuration '{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":{"Mode":"COMPLIANCE","Days":${retentionDays}}}}'`;
  const found: readonly (Problem | false)[] = [
    !state.isVersioned && {
      verdict: "fail",
      reason: `${bucket} keeps no versions: an object can be overwritten.`,
      remedy: `aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled`,
    },
    mode !== "COMPLIANCE" && {
      verdict: "fail",
      reason: mode
        ? `${bucket} locks in ${mode} mode, which some may lift.`
        : `${bucket} locks nothing by default.`,
      remedy: lock,
    },
    mode === "COMPLIANCE" &&
      days < retentionDays && {
        verdict: "fail",
        reason: `${bucket} locks objects for ${days} days, and the log is kept for ${retentionDays}.`,
        remedy: lock,
      },
    state.blocks < 4 && {
      verdict: "fail",
      reason: `${bucket} does not block public access in every way.`,
      remedy: `aws s3api put-public-access-block --bucket ${bucket} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`,
    },
    !state.algorithm?.startsWith("aws:kms") && {
      verdict: "warn",
      reason: `${bucket} is not encrypted with a key of KMS.`,
      remedy: `aws s3api put-bucket-encryption --bucket ${bucket} --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"KEY_ARN"}}]}'`,
    },
  ];
  return found.filter((each) => each !== false);
}

const nowhere: Problem = {
  verdict: "warn",
  reason:
    "The audit log is copied nowhere: whoever owns the disk could put another log in its place.",
  remedy: "Set AXONFLOW_AUDIT_EXPORT_URL to a bucket with Object Lock: s3://bucket/prefix",
};
