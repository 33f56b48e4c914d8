import { AuditRefused } from "../audit-refused.ts";
import { type KmsOptions, kmsRefused, openKms } from "./ask-kms.ts";
import type { KeyContext, MasterKey } from "./master-key.ts";

const setting = "AXONFLOW_AUDIT_KMS_KEY_ID";

/**
 * A symmetric key of AWS KMS, which never leaves it: data keys are made and opened there, each bound to its tenant and
 * segment as encryption context, which CloudTrail shows too. Rejects with `AuditRefused` when the key cannot be used.
 */
export async function openKmsMasterKey(options: KmsOptions): Promise<MasterKey> {
  const { keyId } = options;
  const ask = await openKms(options);
  const kms = await import("@aws-sdk/client-kms");
  const found = await ask((client, limit) =>
    client.send(new kms.DescribeKeyCommand({ KeyId: keyId }), limit),
  ).catch((error) => {
    throw kmsRefused(setting, keyId, error);
  });
  const { Arn: id, KeySpec, Enabled } = found.KeyMetadata ?? {};
  if (id === undefined || KeySpec !== "SYMMETRIC_DEFAULT" || !Enabled) {
    throw new AuditRefused(
      `${setting}: the key ${keyId} is ${Enabled ? KeySpec : "disabled"}. It must be an enabled key of the kind SYMMETRIC_DEFAULT.`,
    );
  }
  return {
    id,
    async generate(context) {
      const { Plaintext, CiphertextBlob } = await ask((client, limit) =>
        client.send(
          new kms.GenerateDataKeyCommand({
            KeyId: id,
            KeySpec: "AES_256",
            EncryptionContext: encryptionContext(context),
          }),
          limit,
        ),
      );
      if (!Plaintext || !CiphertextBlob) throw new Error("KMS gave no data key");
      return { key: Buffer.from(Plaintext), wrapped: Buffer.from(CiphertextBlob) };
    },
    async unwrap(wrapped, context) {
      const { Plaintext } = await ask((client, limit) =>
        client.send(
          new kms.DecryptCommand({
            KeyId: id,
            CiphertextBlob: wrapped,
            EncryptionContext: encryptionContext(context),
          }),
          limit,
        ),
      );
      if (!Plaintext) throw new Error("KMS gave no data key");
      return Buffer.from(Plaintext);
    },
  };
}

function encryptionContext({ tenant, segment }: KeyContext): Record<string, string> {
  return { tenant, segment };
}
