import {
  flag,
  list,
  oneOf,
  optionalText,
  type SettingsTable,
  textLike,
  wholeNumber,
} from "../setting.ts";

/** What is written down about every call, how it is sealed, and how long it is kept. */
export interface AuditSettings {
  /** compliance: no audit, no call. performance: entries are written behind the call. */
  readonly auditMode: "compliance" | "performance" | "off";
  readonly auditRetentionDays: number;
  /** The 32-byte master key; undefined: `audit.key` in the data directory. */
  readonly auditKeyFile: string | undefined;
  /** An Ed25519 key as PEM; undefined: `audit-signing.pem` in the data directory. */
  readonly auditSigningKeyFile: string | undefined;
  /** A key of AWS KMS in the master key's place. */
  readonly auditKmsKeyId: string | undefined;
  /** A key of AWS KMS in the signing key's place. */
  readonly auditKmsSigningKeyId: string | undefined;
  /** Whether the redacted prompts and answers are kept, encrypted. */
  readonly auditBodies: boolean;
  /** Where checkpoints and segments are copied; undefined: nowhere. */
  readonly auditExportUrl: string | undefined;
  /** The names of the licence keys that may read the log, besides the admins. */
  readonly auditReaders: readonly string[];
}

/** Bucket names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketUrl = textLike(
  /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[A-Za-z0-9!_.*'()/-]{0,512})?$/,
  "an S3 bucket with or without a prefix, such as s3://bucket/prefix",
);

/** How each is named and read. */
export const auditSettingsTable: SettingsTable<AuditSettings> = {
  auditMode: {
    env: "AXONFLOW_AUDIT_MODE",
    yaml: "AuditMode",
    summary:
      "compliance (no call without its durable audit entry), performance (entries are written behind the call) or off.",
    fallback: "compliance",
    read: oneOf("compliance", "performance", "off"),
  },
  auditRetentionDays: {
    env: "AXONFLOW_AUDIT_RETENTION_DAYS",
    yaml: "AuditLogRetentionDays",
    summary: "How long audit entries are kept, in days. 2555 days are seven years.",
    fallback: "2555",
    read: wholeNumber(1, 36_500),
  },
  auditKeyFile: {
    env: "AXONFLOW_AUDIT_KEY_FILE",
    yaml: "AuditKeyFile",
    summary:
      "The file of the 32-byte key that encrypts the audit log. Not set: audit.key in the data directory, made at the first start.",
    read: optionalText,
  },
  auditSigningKeyFile: {
    env: "AXONFLOW_AUDIT_SIGNING_KEY_FILE",
    yaml: "AuditSigningKeyFile",
    summary:
      "The Ed25519 key (PEM) that signs the audit log's checkpoints. Not set: audit-signing.pem in the data directory, made at the first start.",
    read: optionalText,
  },
  auditKmsKeyId: {
    env: "AXONFLOW_AUDIT_KMS_KEY_ID",
    yaml: "AuditKmsKeyId",
    summary: "The AWS KMS key (id, ARN or alias) that encrypts the audit log in place of the file.",
    read: optionalText,
  },
  auditKmsSigningKeyId: {
    env: "AXONFLOW_AUDIT_KMS_SIGNING_KEY_ID",
    yaml: "AuditKmsSigningKeyId",
    summary:
      "The AWS KMS key (id, ARN or alias) that signs the audit log's checkpoints in place of the file.",
    read: optionalText,
  },
  auditBodies: {
    env: "AXONFLOW_AUDIT_BODIES",
    yaml: "AuditBodies",
    summary: "Whether the audit log also keeps prompts and answers: redacted, and encrypted.",
    fallback: "false",
    read: flag,
  },
  auditExportUrl: {
    env: "AXONFLOW_AUDIT_EXPORT_URL",
    yaml: "AuditExportUrl",
    summary:
      "An S3 bucket, with Object Lock, to which the audit log is copied: s3://bucket/prefix. Not set: it is copied nowhere.",
    read: bucketUrl,
  },
  auditReaders: {
    env: "AXONFLOW_AUDIT_READERS",
    yaml: "AuditReaders",
    form: "list",
    summary:
      "Names of the licence keys that may read the audit log, besides the admins; separated by commas.",
    fallback: "",
    read: list,
  },
};
