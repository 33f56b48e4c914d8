import { hash } from "node:crypto";
import { AuditRefused } from "../audit-refused.ts";
import { type KmsOptions, kmsRefused, openKms } from "./ask-kms.ts";
import type { Signer } from "./signer.ts";

const setting = "AXONFLOW_AUDIT_KMS_SIGNING_KEY_ID";

/**
 * A key of AWS KMS on the curve P-256, made to sign: whoever owns the gateway's disk cannot sign in its name. Rejects with
 * `AuditRefused` when the key cannot be used.
 */
export async function openKmsSigner(options: KmsOptions): Promise<Signer> {
  const { keyId } = options;
  const ask = await openKms(options);
  const kms = await import("@aws-sdk/client-kms");
  const found = await ask((client, limit) =>
    client.send(new kms.GetPublicKeyCommand({ KeyId: keyId }), limit),
  ).catch((error) => {
    throw kmsRefused(setting, keyId, error);
  });
  const { KeyId: id, KeySpec, KeyUsage, PublicKey } = found;
  if (id === undefined || !PublicKey || KeySpec !== "ECC_NIST_P256" || KeyUsage !== "SIGN_VERIFY") {
    throw new AuditRefused(
      `${setting}: the key ${keyId} is ${KeySpec} for ${KeyUsage}. It must be of the kind ECC_NIST_P256, for SIGN_VERIFY.`,
    );
  }
  return {
    keyId: id,
    algorithm: "ECDSA-P256-SHA256",
    publicKey: Buffer.from(PublicKey),
    async sign(message) {
      const { Signature } = await ask((client, limit) =>
        client.send(
          new kms.SignCommand({
            KeyId: id,
            Message: hash("sha256", message, "buffer"),
            MessageType: "DIGEST",
            SigningAlgorithm: "ECDSA_SHA_256",
          }),
          limit,
        ),
      );
      if (!Signature) throw new Error("KMS gave no signature");
      return Buffer.from(Signature);
    },
  };
}
