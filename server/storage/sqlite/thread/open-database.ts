import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { migrate } from "./migrate.ts";

/** The file, and the lock that keeps it for this process. */
export interface OwnDatabase {
  readonly database: DatabaseSync;
  close(): void;
}

export interface DatabaseOptions {
  readonly path: string;
  /** Whether every transaction waits for the disk, or only for the operating system. */
  readonly synchronous: "full" | "normal";
  /** The steps that lead to the newest version. */
  readonly schema: readonly string[];
}

/** How long another program that writes, `sqlite3` for example, is waited for. */
const patienceMs = 500;

/**
 * Opens the file for this process alone. Others may read it meanwhile, so that a copy can be made while the gateway runs.
 */
export function openDatabase({ path, synchronous, schema }: DatabaseOptions): OwnDatabase {
  makeFile(`${path}.lock`);
  const lock = takeLock(`${path}.lock`);
  const database = new DatabaseSync(path, { timeout: patienceMs, open: false });
  const close = () => {
    if (database.isOpen) database.close();
    lock.close();
  };
  try {
    makeFile(path);
    database.open();
    database.exec("PRAGMA journal_mode = WAL");
    database.exec(`PRAGMA synchronous = ${synchronous}; PRAGMA foreign_keys = ON`);
    migrate(database, schema);
    return { database, close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Only the gateway's own user may read it; the files that SQLite puts beside it have its mode. One that is there is not
 * opened: closing it again would give up every lock that this process has on it (POSIX, fcntl).
 */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch {
    // It is there, or SQLite says what is the matter.
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
