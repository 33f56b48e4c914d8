import { hash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

/** A new licence key: what its holder gets, and what is kept of it. */
export interface NewSecret {
  /** `axf_`, 256 random bits as 43 characters, and 6 characters that check them. */
  readonly secret: string;
  /** SHA-256 of the secret's bytes. */
  readonly sha256: Buffer;
  /** The first characters, which say nothing about the others. */
  readonly prefix: string;
}

const scheme = "axf_";
const prefixLength = scheme.length + 4;
const form = /^axf_(?<random>[A-Za-z0-9_-]{43})(?<check>[0-9a-z]{6})$/;
const likeForm = /^axf_/;

/** Makes one. The scheme lets people and scanners of repositories see what it is. */
export function newSecret(): NewSecret {
  const random = randomBytes(32).toString("base64url");
  const secret = scheme + random + checkOf(random);
  return {
    secret,
    sha256: hash("sha256", secret, "buffer"),
    prefix: secret.slice(0, prefixLength),
  };
}

/** Whether a text began as one of ours and was cut, or typed wrongly: no gateway can know it. */
export function isDamaged(secret: string): boolean {
  if (!likeForm.test(secret)) return false;
  const { random = "", check } = form.exec(secret)?.groups ?? {};
  return check !== checkOf(random);
}

/** CRC-32, cut to six digits of base 36. */
function checkOf(random: string): string {
  return (crc32(random) % 36 ** 6).toString(36).padStart(6, "0");
}
