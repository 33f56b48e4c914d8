import { createCipheriv, createDecipheriv, hash, randomBytes } from "node:crypto";
import { AuditRefused } from "../audit-refused.ts";
import type { KeyContext, MasterKey } from "./master-key.ts";
import { readOrMakeSecret } from "./secret-file.ts";

const algorithm = "aes-256-gcm";
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * The master key of a file: 64 hex digits, as `openssl rand -hex 32` writes them; made when the file is not there. Whoever
 * can read the file can read the log: where that is not wanted, use AWS KMS.
 */
export function openLocalMasterKey(path: string): MasterKey {
  const setting = "AXONFLOW_AUDIT_KEY_FILE";
  const text = readOrMakeSecret(path, setting, () => `${randomBytes(keyBytes).toString("hex")}\n`);
  if (!/^[0-9a-f]{64}\s*$/i.test(text)) {
    throw new AuditRefused(
      `${setting}: ${path} must hold 64 hex digits, as \`openssl rand -hex 32\` writes them.`,
    );
  }
  return createLocalMasterKey(Buffer.from(text.trim(), "hex"));
}

/** Wraps with AES-256-GCM under a random nonce, bound to the context; in bytes: nonce, key, tag. */
export function createLocalMasterKey(masterKey: Buffer): MasterKey {
  const id = `local:${hash("sha256", Buffer.concat([Buffer.from("axonflow-audit"), masterKey])).slice(0, 16)}`;
  return {
    id,
    generate(context) {
      const key = randomBytes(keyBytes);
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, masterKey, nonce).setAAD(textOf(context));
      const sealed = Buffer.concat([cipher.update(key), cipher.final()]);
      return Promise.resolve({ key, wrapped: Buffer.concat([nonce, sealed, cipher.getAuthTag()]) });
    },
    async unwrap(wrapped, context) {
      if (wrapped.length !== nonceBytes + keyBytes + tagBytes) throw notOurs(id);
      const nonce = wrapped.subarray(0, nonceBytes);
      const opening = createDecipheriv(algorithm, masterKey, nonce, { authTagLength: tagBytes });
      opening.setAAD(textOf(context)).setAuthTag(wrapped.subarray(nonceBytes + keyBytes));
      try {
        const sealed = wrapped.subarray(nonceBytes, nonceBytes + keyBytes);
        return Buffer.concat([opening.update(sealed), opening.final()]);
      } catch {
        throw notOurs(id);
      }
    },
  };
}

function textOf({ tenant, segment }: KeyContext): Buffer {
  return Buffer.from(JSON.stringify([tenant, segment]));
}

function notOurs(id: string): Error {
  return new Error(`The data key was not wrapped with ${id}, or not for this segment and tenant.`);
}
