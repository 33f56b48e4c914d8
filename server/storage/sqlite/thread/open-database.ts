import { DatabaseSync } from "node:sqlite";
import type { AccountRow, Found, HoldRow, ThreadOptions } from "./operation.ts";
import { migrate } from "./schema.ts";

/** The file, and the lock that keeps it for this process. */
export interface OwnDatabase {
  readonly database: DatabaseSync;
  close(): void;
}

/** How long another program that writes, `sqlite3` for example, is waited for. */
const patienceMs = 500;

/**
 * Opens the file for this process alone. Others may read it meanwhile, so that a copy can be made while the gateway runs.
 */
export function openDatabase({ path, synchronous }: ThreadOptions): OwnDatabase {
  const lock = takeLock(`${path}.lock`);
  const database = new DatabaseSync(path, { timeout: patienceMs, open: false });
  const close = () => {
    if (database.isOpen) database.close();
    lock.close();
  };
  try {
    database.open();
    database.exec("PRAGMA journal_mode = WAL");
    database.exec(`PRAGMA synchronous = ${synchronous}; PRAGMA foreign_keys = ON`);
    migrate(database);
    return { database, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** A file of its own whose lock is the operating system's, and goes with the process, however that ends. Waits for nobody. */
function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    // A transaction that never ends, and writes nothing.
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Everything that still counts. */
export function readFound(database: DatabaseSync, nowMs: number): Found {
  const all = (sql: string, ...values: number[]) => {
    const statement = database.prepare(sql);
    statement.setReadBigInts(true);
    return statement.all(...values);
  };
  const holds = all("SELECT * FROM hold").map(
    (row): HoldRow => ({
      id: String(row.id),
      grantedNanoUsd: row.granted_nano_usd as bigint,
      expiresMs: Number(row.expires_ms),
      accountKeys: JSON.parse(String(row.account_keys)),
    }),
  );
  const accounts = all("SELECT * FROM account WHERE end_ms IS NULL OR end_ms > ?", nowMs).map(
    (row): AccountRow => ({
      key: String(row.key),
      name: String(row.name),
      startMs: numberOrNull(row.start_ms),
      endMs: numberOrNull(row.end_ms),
      lengthMs: numberOrNull(row.length_ms),
      limitNanoUsd: row.limit_nano_usd as bigint,
    }),
  );
  const spent = all("SELECT * FROM spent").map((row) => ({
    accountKey: String(row.account_key),
    step: Number(row.step),
    nanoUsd: row.nano_usd as bigint,
  }));
  const [progress] = all("SELECT batch FROM progress");
  return { lastBatch: Number(progress?.batch), accounts, spent, holds };
}

function numberOrNull(value: unknown): number | null {
  return value === null ? null : Number(value);
}
