import { existsSync } from "node:fs";
import { join } from "node:path";
import { AuditRefused } from "../../audit/audit-refused.ts";
import type { MasterKey } from "../../audit/keys/master-key.ts";
import { ConfigurationError } from "../../config/configuration-error.ts";
import type { Settings } from "../../config/settings.ts";
import type { AuditStore } from "../../core/audit-store.ts";
import { systemClock } from "../../core/clock.ts";
import { PostgresRefused } from "../../storage/postgres/postgres-refused.ts";
import { SqliteRefused } from "../../storage/sqlite/sqlite-refused.ts";
import { openAuditStore, openMasterKey } from "../audit.ts";

/** The configured store, opened to be read only, and its name for people. Throws a ConfigurationError. */
export async function openConfiguredStore(
  settings: Settings,
): Promise<{ readonly store: AuditStore; readonly where: string }> {
  const { dataDirectory, databaseUrl } = settings;
  const where = databaseUrl === undefined ? join(dataDirectory, "audit.db") : placeOf(databaseUrl);
  const store = await refusing(() => openAuditStore(settings, systemClock, true));
  return { store, where };
}

/** The configured master key, which is never made here: a new one could read nothing. */
export async function openConfiguredMasterKey(settings: Settings): Promise<MasterKey> {
  const { dataDirectory, auditKeyFile, auditKmsKeyId } = settings;
  const path = auditKeyFile ?? join(dataDirectory, "audit.key");
  if (auditKmsKeyId === undefined && !existsSync(path)) {
    throw new ConfigurationError([
      `--decrypt: the master key ${path} is not there. Name it with AXONFLOW_AUDIT_KEY_FILE.`,
    ]);
  }
  return refusing(() => openMasterKey(settings));
}

/** What a reader can do nothing about here, as one line. */
export async function refusing<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const isRefusal = [AuditRefused, SqliteRefused, PostgresRefused].some(
      (refusal) => error instanceof refusal,
    );
    if (isRefusal && error instanceof Error) throw new ConfigurationError([error.message]);
    throw error;
  }
}

/** Of a database's URL, what is no secret. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `the PostgreSQL ${host}${pathname}`;
}
