import { createCipheriv, createDecipheriv } from "node:crypto";
import { headerBytes } from "./record.ts";

const algorithm = "aes-256-gcm";
const tagBytes = 16;
const nonceBytes = 12;

/**
 * Encrypts a body and binds it to its header. The nonce is the sequence: a data key belongs to one segment of one chain,
 * where no sequence comes twice, and a process that starts anew begins another chain.
 */
export function sealBody(key: Buffer, sequence: number, header: Buffer, body: Buffer): Buffer {
  const cipher = createCipheriv(algorithm, key, nonceOf(sequence), { authTagLength: tagBytes });
  cipher.setAAD(header);
  const sealed = cipher.update(body);
  cipher.final();
  return Buffer.concat([header, sealed, cipher.getAuthTag()]);
}

/** A record's body as it was before; undefined when the key is another's, or a byte is not what it was. */
export function openBody(key: Buffer, sequence: number, record: Buffer): Buffer | undefined {
  if (record.length < headerBytes + tagBytes) return undefined;
  const opening = createDecipheriv(algorithm, key, nonceOf(sequence), { authTagLength: tagBytes });
  opening.setAAD(record.subarray(0, headerBytes));
  opening.setAuthTag(record.subarray(record.length - tagBytes));
  const body = opening.update(record.subarray(headerBytes, record.length - tagBytes));
  try {
    opening.final();
  } catch {
    return undefined;
  }
  return body;
}

function nonceOf(sequence: number): Buffer {
  const nonce = Buffer.allocUnsafe(nonceBytes).fill(0);
  nonce.writeBigUInt64BE(BigInt(sequence), nonceBytes - 8);
  return nonce;
}
