import { createPublicKey, verify } from "node:crypto";
import { type CheckpointContent, checkpointText } from "../writing/checkpoint-text.ts";
import type { Verification } from "./verification.ts";

/** What is wrong with a checkpoint's signature; undefined when nothing is. */
export function verifySignature(
  checkpoint: CheckpointContent,
  { trustedKeys, signers }: Pick<Verification, "trustedKeys" | "signers">,
): string | undefined {
  const { keyId, algorithm, publicKey, signature } = checkpoint;
  if (trustedKeys && !trustedKeys.has(publicKey))
    return `is signed with ${keyId}, which is not trusted.`;
  const hash = algorithm === "Ed25519" ? null : "sha256";
  try {
    const key = createPublicKey({
      key: Buffer.from(publicKey, "base64"),
      format: "der",
      type: "spki",
    });
    const isRight = verify(hash, checkpointText(checkpoint), key, Buffer.from(signature, "base64"));
    if (!isRight) return "has a signature that does not fit.";
  } catch {
    return "has no signature that can be read.";
  }
  signers.set(keyId, publicKey);
  return undefined;
}
