import { createECDH, createPrivateKey, hash, type KeyObject } from "node:crypto";
import type { KmsKey } from "./kms-account.ts";

/** The head of an Ed25519 private key in PKCS #8 (RFC 8410), before its 32 bytes. */
const ed25519Head = Buffer.from("302e020100300506032b657004220420", "hex");

/** The private scalar of an emulated P-256 key; it follows from the key's id. */
export function p256Scalar({ id }: KmsKey): Buffer {
  return hash("sha256", `emulated P-256 key ${id}`, "buffer");
}

/** The private key of an emulated signing key; it follows from the key's id. */
export function signingKey(key: KmsKey): KeyObject {
  if (key.spec === "ECC_NIST_EDWARDS25519") {
    const seed = hash("sha256", `emulated Ed25519 key ${key.id}`, "buffer");
    const der = Buffer.concat([ed25519Head, seed]);
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  }
  const scalar = p256Scalar(key);
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(scalar);
  const point = curve.getPublicKey();
  const jwk = {
    kty: "EC",
    crv: "P-256",
    d: scalar.toString("base64url"),
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33).toString("base64url"),
  };
  return createPrivateKey({ key: jwk, format: "jwk" });
}
