import { createECDH, randomBytes } from "node:crypto";

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/**
 * The ECDSA signature over a digest with a P-256 scalar, in DER (SEC 1, section 4.1.3). Node signs
 * messages only, and KMS takes a digest in place of one.
 */
export function signDigest(scalar: Buffer, digest: Buffer): Buffer {
  for (;;) {
    const nonce = toNumber(randomBytes(32)) % order;
    if (nonce === 0n) continue;
    const r = pointX(nonce) % order;
    const s = (inverse(nonce) * (toNumber(digest) + r * toNumber(scalar))) % order;
    if (r !== 0n && s !== 0n) return derSequence([derInteger(r), derInteger(s)]);
  }
}

function pointX(nonce: bigint): bigint {
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(Buffer.from(nonce.toString(16).padStart(64, "0"), "hex"));
  return toNumber(curve.getPublicKey().subarray(1, 33));
}

/** By Fermat: the order is a prime. */
function inverse(value: bigint): bigint {
  let result = 1n;
  let base = value % order;
  for (let exponent = order - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % order;
    base = (base * base) % order;
  }
  return result;
}

function toNumber(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

function derInteger(value: bigint): Buffer {
  const digits = value.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
  const padded = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded]);
}

function derSequence(parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}
