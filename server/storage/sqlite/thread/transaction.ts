import type { DatabaseSync } from "node:sqlite";

/** Does all of `work` or nothing, and waits for the disk. What it throws is what SQLite, or `work`, has thrown. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  try {
    database.exec("BEGIN IMMEDIATE");
    const outcome = work();
    database.exec("COMMIT");
    return outcome;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    if (isOfTheDisk(error)) makeRoom(database);
    throw error;
  }
}

/** What is in the write-ahead file goes to where it belongs, and the file shrinks: on a full disk that may be all the room there is. */
export function makeRoom(database: DatabaseSync): void {
  try {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // Not even that; the next attempt may.
  }
}

/** SQLITE_PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB (sqlite.org/rescode.html). */
const codesOfTheDisk: ReadonlySet<unknown> = new Set([3, 5, 6, 7, 8, 10, 11, 13, 14, 26]);

/** Whether trying again may help; the lower eight bits are the code, the others say more about it. */
export function isOfTheDisk(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  return codesOfTheDisk.has(code & 0xff);
}
