import { hash } from "node:crypto";
import { join } from "node:path";
import { hmacKeyOf, hmacOfDigest } from "../../../server/audit/chain/text-hmac.ts";
import { openLocalMasterKey } from "../../../server/audit/keys/local-master-key.ts";
import { createDataKeys } from "../../../server/audit/reading/data-keys.ts";
import { verifyLog } from "../../../server/audit/verifying/verify-log.ts";
import type { AuditReport, ReadRecord } from "../../../server/core/audit-reading.ts";
import type { AuditStore } from "../../../server/core/audit-store.ts";
import { systemClock } from "../../../server/core/clock.ts";
import { openPostgresAuditStore } from "../../../server/storage/postgres/audit/open-postgres-audit-store.ts";
import { openSqliteAuditStore } from "../../../server/storage/sqlite/audit/open-sqlite-audit-store.ts";
import { readLog } from "../../fakes/audit-world.ts";
import { dataDirectory } from "../../fakes/data-directory.ts";
import { type PostgresServer, startPostgresServer } from "../storage/postgres-server.ts";

/** The audit log of gateways, and what stands in it when a test looks. */
export interface AuditPlace {
  readonly name: string;
  /** What a gateway is started with, so that it writes there. */
  settings(): Promise<Readonly<Record<string, string>>>;
  /** Verifies all that there is, and reads the chains that were not read before. */
  read(): Promise<WrittenAudit>;
  close(): Promise<void>;
}

export interface WrittenAudit {
  readonly report: AuditReport;
  readonly records: readonly ReadRecord[];
  /** Whether the log has an intent for a request with these texts. */
  hasIntentFor(text: string): boolean;
}

/** A gateway's own file. */
export function sqlitePlace(): AuditPlace {
  const directory = dataDirectory();
  const known = new Set<string>();
  return {
    name: "SQLite",
    settings: () => Promise.resolve(settingsOf(directory)),
    read: () =>
      readWith(
        () => openSqliteAuditStore({ directory, clock: systemClock, readOnly: true }),
        directory,
        known,
      ),
    close: () => Promise.resolve(),
  };
}

/** A database in a PostgreSQL, which is started with the first use. */
export function postgresPlace(): AuditPlace & { readonly server: () => PostgresServer } {
  const directory = dataDirectory();
  let server: PostgresServer | undefined;
  let url = "";
  const known = new Set<string>();
  return {
    name: "PostgreSQL",
    server() {
      if (!server) throw new Error("PostgreSQL is not started yet");
      return server;
    },
    async settings() {
      server ??= await startPostgresServer();
      url ||= await server.createDatabase();
      return { ...settingsOf(directory), AXONFLOW_DATABASE_URL: url };
    },
    read: () =>
      readWith(
        () => openPostgresAuditStore({ url, clock: systemClock, readOnly: true }),
        directory,
        known,
      ),
    close: async () => server?.close(),
  };
}

const keyFile = (directory: string) => join(directory, "audit.key");

function settingsOf(directory: string) {
  return { AXONFLOW_DATA_DIR: directory, AXONFLOW_AUDIT_KEY_FILE: keyFile(directory) };
}

async function readWith(
  open: () => Promise<AuditStore>,
  directory: string,
  known: Set<string>,
): Promise<WrittenAudit> {
  const store = await open();
  try {
    const masterKey = openLocalMasterKey(keyFile(directory));
    const report = await verifyLog({ store });
    const isNew = (writer: string) => !known.has(writer);
    const records = await readLog(store, masterKey, isNew);
    const keys = createDataKeys(store, masterKey, () => 0);
    const hmacKeys: Buffer[] = [];
    for (const { writer, number } of (await store.segments()).filter((row) => isNew(row.writer))) {
      for (const found of (await keys.of(writer, number)).values()) {
        if ("key" in found) hmacKeys.push(hmacKeyOf(found.key));
      }
    }
    for (const { position } of records) known.add(position.writer);
    const intended = new Set(records.flatMap(promptHmac));
    return {
      report,
      records,
      hasIntentFor(text) {
        const digest = hash("sha256", text, "buffer");
        return hmacKeys.some((key) => intended.has(hmacOfDigest(key, digest)));
      },
    };
  } finally {
    await store.close();
  }
}

function promptHmac({ kind, content }: ReadRecord): string[] {
  const { prompt } = (content?.hmac ?? {}) as { readonly prompt?: string };
  return kind === "intent" && prompt !== undefined ? [prompt] : [];
}
