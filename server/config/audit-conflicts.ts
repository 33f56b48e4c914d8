import type { Settings } from "./settings.ts";

/** Settings of the audit log that are right one by one and wrong together. */
export function auditConflicts(settings: Settings): string[] {
  const { auditMode, auditKeyFile, auditKmsKeyId, databaseUrl } = settings;
  const { auditSigningKeyFile, auditKmsSigningKeyId } = settings;
  const found: string[] = [];
  if (auditMode === "off") return found;
  if (auditKeyFile !== undefined && auditKmsKeyId !== undefined) {
    found.push(
      "AXONFLOW_AUDIT_KEY_FILE and AXONFLOW_AUDIT_KMS_KEY_ID both say what encrypts the audit log. Set one of them.",
    );
  }
  if (auditSigningKeyFile !== undefined && auditKmsSigningKeyId !== undefined) {
    found.push(
      "AXONFLOW_AUDIT_SIGNING_KEY_FILE and AXONFLOW_AUDIT_KMS_SIGNING_KEY_ID both say what signs the audit log. Set one of them.",
    );
  }
  if (databaseUrl !== undefined && auditKeyFile === undefined && auditKmsKeyId === undefined) {
    found.push(
      "With AXONFLOW_DATABASE_URL the audit log needs a key that all gateways have, or none could read what another one wrote. Set AXONFLOW_AUDIT_KMS_KEY_ID, or AXONFLOW_AUDIT_KEY_FILE to a file of 64 hex digits (`openssl rand -hex 32`) that each of them gets.",
    );
  }
  return found;
}
