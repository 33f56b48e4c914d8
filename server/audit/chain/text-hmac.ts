import { createHmac, hkdfSync } from "node:crypto";
import { hashBytes } from "./hashes.ts";

/** The key for HMACs of texts that belongs to a data key (HKDF, RFC 5869): it goes when the data key goes. */
export function hmacKeyOf(dataKey: Buffer): Buffer {
  return Buffer.from(hkdfSync("sha256", dataKey, "", "axonflow-audit-hmac/1", hashBytes));
}

/** HMAC-SHA-256 of a text's SHA-256, in hex: the key is not known yet while the text goes by. */
export function hmacOfDigest(key: Buffer, sha256: Buffer): string {
  return createHmac("sha256", key).update(sha256).digest("hex");
}
