import { hash } from "node:crypto";

/** The SHA-256 of bytes, or of a text's UTF-8: 32 bytes. */
export function sha256(content: Uint8Array | string): Buffer {
  // Bytes that Node's hash gives itself have memory of their own each, which costs more than the hashing.
  return Buffer.from(hash("sha256", content, "latin1"), "latin1");
}
