import { createPublicKey } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ConfigurationError } from "../config/configuration-error.ts";
import type { Settings } from "../config/settings.ts";
import { openSigner } from "./audit.ts";
import { fingerprint } from "./audit-verify/trusted-keys.ts";
import { refusing } from "./audit-verify/verified-store.ts";

/** The public half of what signs the audit log. */
export interface AuditPublicKey {
  /** A KMS key's ARN, or `local:` and the beginning of the fingerprint. */
  readonly keyId: string;
  readonly pem: string;
  /** SHA-256 of its DER, in hex. */
  readonly sha256: string;
}

/** Of the configured signing key, which is never made here. Throws a ConfigurationError where there is none. */
export async function readAuditPublicKey(settings: Settings): Promise<AuditPublicKey> {
  const { dataDirectory, auditSigningKeyFile, auditKmsSigningKeyId } = settings;
  const path = auditSigningKeyFile ?? join(dataDirectory, "audit-signing.pem");
  if (auditKmsSigningKeyId === undefined && !existsSync(path)) {
    throw new ConfigurationError([
      `The signing key ${path} is not there. A gateway makes it when it is first started; name it with AXONFLOW_AUDIT_SIGNING_KEY_FILE, or its directory with AXONFLOW_DATA_DIR.`,
    ]);
  }
  const { keyId, publicKey } = await refusing(() => openSigner(settings));
  const key = createPublicKey({ key: publicKey, format: "der", type: "spki" });
  const pem = key.export({ type: "spki", format: "pem" }).toString();
  return { keyId, pem, sha256: fingerprint(publicKey.toString("base64")) };
}
