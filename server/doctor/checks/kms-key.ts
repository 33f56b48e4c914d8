import type { AwsClients } from "../aws/aws-clients.ts";
import type { Ask, Check } from "../check.ts";
import { conclude, evidence, type Problem } from "../findings.ts";
import { aws, hipaa, pci } from "../rules.ts";

/** What the check needs. */
export interface KmsKeyOptions {
  readonly aws: Pick<AwsClients, "kms">;
  readonly region: string;
  /** Id, ARN or alias; undefined where the log is sealed with a file. */
  readonly keyId: string | undefined;
  readonly purpose: "encryption" | "signing";
}

const settings = {
  encryption: "AXONFLOW_AUDIT_KMS_KEY_ID",
  signing: "AXONFLOW_AUDIT_KMS_SIGNING_KEY_ID",
} as const;

/** Whether the audit log's key is in KMS, in force, the customer's own, and changes. */
export function kmsKeyCheck({ aws: clients, region, keyId, purpose }: KmsKeyOptions): Check {
  return {
    id: `kms-${purpose}`,
    group: "Encryption and archive",
    title: `The audit log's ${purpose} key is in KMS and in force`,
    subject: keyId ?? "",
    rules: [
      hipaa("164.312(a)(2)(iv)", "encryption and decryption"),
      pci("3.7", "key management"),
      aws(
        "rotating keys",
        "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
      ),
    ],
    async run(ask) {
      if (keyId === undefined) return conclude("", [inFile(purpose)], evidence({ key: "a file" }));
      const kms = await clients.kms(regionOf(keyId) ?? region);
      const { KeyMetadata } = await ask("kms:DescribeKey", (options) =>
        kms.describeKey({ KeyId: keyId }, options),
      );
      const key: KeyState = KeyMetadata ?? {};
      const rotates =
        key.KeyUsage === "ENCRYPT_DECRYPT" && key.KeyState === "Enabled"
          ? await rotation(ask, kms, keyId)
          : undefined;
      return conclude(
        "The key is in force.",
        problemsOf(key, keyId, purpose, rotates),
        evidence({
          arn: key.Arn,
          state: key.KeyState,
          usage: key.KeyUsage,
          "managed by": key.KeyManager,
          ...(rotates !== undefined && { "changes by itself": rotates }),
        }),
      );
    },
  };
}

/** The members of DescribeKey's answer that count. */
interface KeyState {
  readonly Arn?: string | undefined;
  readonly KeyState?: string | undefined;
  readonly KeyUsage?: string | undefined;
  readonly KeyManager?: string | undefined;
}

type KmsClient = Awaited<ReturnType<AwsClients["kms"]>>;

async function rotation(ask: Ask, kms: KmsClient, KeyId: string): Promise<boolean> {
  const { KeyRotationEnabled = false } = await ask("kms:GetKeyRotationStatus", (options) =>
    kms.getKeyRotationStatus({ KeyId }, options),
  );
  return KeyRotationEnabled;
}

function problemsOf(
  key: KeyState,
  keyId: string,
  purpose: KmsKeyOptions["purpose"],
  rotates: boolean | undefined,
): readonly Problem[] {
  const usage = purpose === "encryption" ? "ENCRYPT_DECRYPT" : "SIGN_VERIFY";
  const found: readonly (Problem | false)[] = [
    key.KeyState !== "Enabled" && {
      verdict: "fail",
      reason: `The key is ${key.KeyState}: no entry of the audit log can be written${purpose === "encryption" ? " or read" : ""} with it.`,
      remedy: mend(key.KeyState, keyId),
    },
    key.KeyUsage !== usage && {
      verdict: "fail",
      reason: `The key is for ${key.KeyUsage}, and ${usage} is needed.`,
      remedy: `Set ${settings[purpose]} to a key of the right usage.`,
    },
    key.KeyManager === "AWS" && {
      verdict: "warn",
      reason: "The key is managed by AWS: its policy cannot say who may read the log.",
      remedy: `aws kms create-key --key-usage ${usage}`,
    },
    rotates === false && {
      verdict: "warn",
      reason: "The key never changes.",
      remedy: `aws kms enable-key-rotation --key-id ${keyId}`,
    },
  ];
  return found.filter((each) => each !== false);
}

function mend(state: string | undefined, keyId: string): string {
  if (state === "PendingDeletion") {
    return `aws kms cancel-key-deletion --key-id ${keyId} && aws kms enable-key --key-id ${keyId}`;
  }
  return `aws kms enable-key --key-id ${keyId}`;
}

function inFile(purpose: KmsKeyOptions["purpose"]): Problem {
  const loss = {
    encryption: "whoever copies the disk has the key to the log as well",
    signing: "whoever owns the disk could sign a log that never was",
  };
  return {
    verdict: "warn",
    reason: `The ${purpose} key is a file: ${loss[purpose]}.`,
    remedy: `Set ${settings[purpose]} to a key of KMS.`,
  };
}

function regionOf(keyId: string): string | undefined {
  return /^arn:aws[a-z-]*:kms:([a-z0-9-]+):/.exec(keyId)?.[1];
}
