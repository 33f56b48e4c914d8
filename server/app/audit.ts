import { join } from "node:path";
import type { Archive } from "../audit/archive/archive.ts";
import { type Archiver, createArchiver } from "../audit/archive/archiver.ts";
import { openS3Archive } from "../audit/archive/s3-archive.ts";
import { audit, auditCopy } from "../audit/audit.ts";
import { AuditRefused } from "../audit/audit-refused.ts";
import { exportLines } from "../audit/export/export-lines.ts";
import { openKmsMasterKey } from "../audit/keys/kms-master-key.ts";
import { openKmsSigner } from "../audit/keys/kms-signer.ts";
import { openLocalMasterKey } from "../audit/keys/local-master-key.ts";
import { openLocalSigner } from "../audit/keys/local-signer.ts";
import type { MasterKey } from "../audit/keys/master-key.ts";
import type { Signer } from "../audit/keys/signer.ts";
import { openAuditLog } from "../audit/open-audit-log.ts";
import { createAuditReader } from "../audit/reading/audit-reader.ts";
import { createRetention } from "../audit/retention/retention.ts";
import type { CheckpointContent } from "../audit/writing/checkpoint-text.ts";
import { ConfigurationError } from "../config/configuration-error.ts";
import { configurationHash } from "../config/configuration-hash.ts";
import type { Configuration, Settings } from "../config/settings.ts";
import { type AuditLog, noAuditLog } from "../core/audit-log.ts";
import type { AuditReading } from "../core/audit-reading.ts";
import type { AuditStore } from "../core/audit-store.ts";
import type { Attempt } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { Layer } from "../core/layer.ts";
import type { Log } from "../core/log.ts";
import type { ScreenedCall } from "../core/screened-call.ts";
import { PostgresRefused } from "../storage/postgres/postgres-refused.ts";
import { openSqliteAuditStore } from "../storage/sqlite/audit/open-sqlite-audit-store.ts";
import { SqliteRefused } from "../storage/sqlite/sqlite-refused.ts";
import { version } from "./version.ts";

/** The audit log of a running gateway. */
export interface AuditDesk {
  readonly log: AuditLog;
  /** Undefined where no log is kept. */
  readonly reading: AuditReading | undefined;
  /** Writes what waits, signs it, and ends. */
  close(): Promise<void>;
}

const closed: AuditDesk = { log: noAuditLog, reading: undefined, close: () => Promise.resolve() };

/** Begins this process's chain, before any call is let in. Throws a ConfigurationError where that cannot be done. */
export async function openAudit(settings: Settings, clock: Clock, log: Log): Promise<AuditDesk> {
  const { auditMode: mode } = settings;
  if (mode === "off") return closed;
  return refusing(async () => {
    const store = await openAuditStore(settings, clock);
    try {
      const masterKey = await openMasterKey(settings);
      const signer = await openSigner(settings);
      // Each signature of KMS is a call that is paid for.
      const signEveryMs = settings.auditKmsSigningKeyId === undefined ? 1000 : 60_000;
      const shared = { store, masterKey, signer, clock, log };
      const archive = await openArchive(settings);
      let archiver: Archiver | undefined;
      const onCheckpoint = (checkpoint: CheckpointContent) => archiver?.anchors.keep(checkpoint);
      const auditLog = await openAuditLog({ ...shared, mode, version, signEveryMs, onCheckpoint });
      const { auditRetentionDays: retentionDays } = settings;
      const keeping = { store, retentionDays, clock, log };
      const writeArchived = (content: object) => auditLog.writeFate("archive", content);
      const { writer } = auditLog;
      archiver = archive && createArchiver({ ...keeping, writer, archive, writeArchived });
      const writePrune = (content: object) => auditLog.writeFate("prune", content);
      const retention = createRetention({ ...keeping, writePrune, copies: archiver });
      return {
        log: auditLog,
        reading: {
          ...createAuditReader({ store, masterKey, clock }),
          copy: (range) => exportLines(store, range),
          prune: retention.run,
        },
        async close() {
          retention.close();
          await auditLog.close();
          await archiver?.close();
          await store.close();
        },
      };
    } catch (error) {
      await store.close();
      throw error;
    }
  });
}

/** One gateway's own file, or the PostgreSQL of many. Rejects as they do. */
export async function openAuditStore(
  { dataDirectory: directory, dataSync: synchronous, databaseUrl: url }: Settings,
  clock: Clock,
  readOnly = false,
): Promise<AuditStore> {
  if (url === undefined) return openSqliteAuditStore({ directory, clock, synchronous, readOnly });
  // Its driver is loaded only where it is used.
  const { openPostgresAuditStore } = await import(
    "../storage/postgres/audit/open-postgres-audit-store.ts"
  );
  return openPostgresAuditStore({ url, clock, readOnly });
}

/** What the log is encrypted with: a file, or a key of AWS KMS. Rejects with `AuditRefused`. */
export async function openMasterKey(settings: Settings): Promise<MasterKey> {
  const { dataDirectory, auditKeyFile, auditKmsKeyId: keyId, bedrockRegion: region } = settings;
  if (keyId !== undefined) return openKmsMasterKey({ keyId, region });
  return openLocalMasterKey(auditKeyFile ?? join(dataDirectory, "audit.key"));
}

/** What it is signed with: a file, or a key of AWS KMS. Rejects with `AuditRefused`. */
export async function openSigner(settings: Settings): Promise<Signer> {
  const { dataDirectory, auditSigningKeyFile, bedrockRegion: region } = settings;
  const { auditKmsSigningKeyId: keyId } = settings;
  if (keyId !== undefined) return openKmsSigner({ keyId, region });
  return openLocalSigner(auditSigningKeyFile ?? join(dataDirectory, "audit-signing.pem"));
}

/** Where the log is copied to; undefined: nowhere. */
async function openArchive(settings: Settings): Promise<Archive | undefined> {
  const { auditExportUrl: url, bedrockRegion: region } = settings;
  return url === undefined ? undefined : openS3Archive({ url, region });
}

/** The layers that put calls on record, as one configuration has it. */
export function createAuditLayers(
  configuration: Configuration,
  { log }: AuditDesk,
  clock: Clock,
): { readonly audit: Layer<ScreenedCall>; readonly auditCopy: Layer<Attempt> } {
  if (log === noAuditLog) return { audit: passing("audit"), auditCopy: passing("auditCopy") };
  const options = {
    log,
    clock,
    configuration: configurationHash(configuration),
    bodies: configuration.auditBodies,
  };
  return { audit: audit(options), auditCopy: auditCopy(options) };
}

/** Puts on record which configuration is in force from now on. */
export function recordConfiguration({ log }: AuditDesk, configuration: Configuration): void {
  const content = {
    action: "configuration.load",
    by: "gateway",
    configuration: configurationHash(configuration),
  };
  log.record({ kind: "change", requestId: "", tenant: "", content }).catch(() => {
    // It is written when the log can be; that it cannot is logged by the log itself.
  });
}

function passing<C>(name: string): Layer<C> {
  return { name, wrap: (next) => next };
}

async function refusing<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof AuditRefused) throw new ConfigurationError([error.message]);
    if (error instanceof SqliteRefused) {
      throw new ConfigurationError([`AXONFLOW_DATA_DIR: ${error.message}`]);
    }
    if (error instanceof PostgresRefused) {
      throw new ConfigurationError([`AXONFLOW_DATABASE_URL: ${error.message}`]);
    }
    throw error;
  }
}
