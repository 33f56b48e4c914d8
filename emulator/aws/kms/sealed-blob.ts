import { createCipheriv, createDecipheriv, hash, randomBytes } from "node:crypto";
import { isJsonObject } from "../../json.ts";
import { AwsError } from "../aws-error.ts";

const magic = Buffer.from("emk1");
const ivBytes = 12;
const tagBytes = 16;

/** Seals bytes under a key; the blob carries the key's id, as KMS's own do (AES-256-GCM). */
export function sealBlob(keyId: string, plaintext: Buffer, context: unknown): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv("aes-256-gcm", material(keyId), iv).setAAD(contextBytes(context));
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const name = Buffer.from(keyId);
  const head = Buffer.concat([magic, Buffer.from([name.length]), name, iv]);
  return Buffer.concat([head, cipher.getAuthTag(), sealed]);
}

/** The id of the key that sealed a blob; throws for what KMS never made. */
export function keyIdOfBlob(blob: Buffer): string {
  const length = blob[magic.length] ?? 0;
  const isOurs = blob.subarray(0, magic.length).equals(magic);
  if (!isOurs || blob.length < magic.length + 1 + length + ivBytes + tagBytes) throw invalidBlob();
  return blob.subarray(magic.length + 1, magic.length + 1 + length).toString();
}

/** Opens a blob; another context, another key's blob or a changed byte is InvalidCiphertextException. */
export function openBlob(blob: Buffer, context: unknown): Buffer {
  const keyId = keyIdOfBlob(blob);
  const rest = blob.subarray(magic.length + 1 + Buffer.byteLength(keyId));
  const iv = rest.subarray(0, ivBytes);
  const opener = createDecipheriv("aes-256-gcm", material(keyId), iv)
    .setAAD(contextBytes(context))
    .setAuthTag(rest.subarray(ivBytes, ivBytes + tagBytes));
  try {
    return Buffer.concat([opener.update(rest.subarray(ivBytes + tagBytes)), opener.final()]);
  } catch {
    throw invalidBlob();
  }
}

/** KMS gives no reason. */
function invalidBlob(): AwsError {
  return new AwsError("InvalidCiphertextException", "");
}

function material(keyId: string): Buffer {
  return hash("sha256", `emulated symmetric key ${keyId}`, "buffer");
}

function contextBytes(context: unknown): Buffer {
  const pairs = Object.entries(isJsonObject(context) ? context : {});
  return Buffer.from(JSON.stringify(pairs.sort(([a], [b]) => (a < b ? -1 : 1))));
}
