import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
} from "node:crypto";
import { AuditRefused } from "../audit-refused.ts";
import { readOrMakeSecret } from "./secret-file.ts";
import type { Signer } from "./signer.ts";

/** The Ed25519 key of a PEM file (PKCS #8), as `openssl genpkey -algorithm ed25519` writes it; made when it is not there. */
export function openLocalSigner(path: string): Signer {
  const setting = "AXONFLOW_AUDIT_SIGNING_KEY_FILE";
  const text = readOrMakeSecret(path, setting, makeKey);
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === "ed25519") return createLocalSigner(key);
  } catch {
    // Said below, without what stands in the file.
  }
  throw new AuditRefused(
    `${setting}: ${path} must hold an Ed25519 private key in PEM, as \`openssl genpkey -algorithm ed25519\` writes it.`,
  );
}

export function createLocalSigner(key: KeyObject): Signer {
  const publicKey = createPublicKey(key).export({ type: "spki", format: "der" });
  return {
    keyId: `local:${hash("sha256", publicKey).slice(0, 16)}`,
    algorithm: "Ed25519",
    publicKey,
    sign: (message) => Promise.resolve(sign(null, message, key)),
  };
}

function makeKey(): string {
  return generateKeyPairSync("ed25519").privateKey.export({
    type: "pkcs8",
    format: "pem",
  }) as string;
}
