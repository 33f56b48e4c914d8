import type { DatabaseSync, StatementSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { type ApplyOperation, createApplyOperation } from "./apply-operation.ts";
import { openDatabase, readFound } from "./open-database.ts";
import type { BatchOutcome, Opening, ThreadOptions } from "./operation.ts";
import type { Packed, PackedBatch } from "./packed-batch.ts";
import { refusalOf } from "./refusal-of.ts";

// The thread that alone touches the file. A batch is a transaction: all of it or nothing, one wait for the disk.

const options = workerData as ThreadOptions;
const say = (words: Opening | BatchOutcome) => parentPort?.postMessage(words);

try {
  const { database, close } = openDatabase(options);
  const apply = createApplyOperation(database);
  const done = database.prepare("UPDATE progress SET batch = ?");
  parentPort?.on("message", (batch: PackedBatch | "close") => {
    if (batch !== "close") return say(run(database, apply, done, batch));
    close();
    parentPort?.close();
  });
  say({ found: readFound(database, options.nowMs) });
} catch (error) {
  say(refusalOf(error));
  parentPort?.close();
}

/** The batch's number is part of it, so that after a lost answer it is known whether all of it was done, or nothing. */
function run(
  database: DatabaseSync,
  apply: ApplyOperation,
  done: StatementSync,
  { number, text, rare }: PackedBatch,
): BatchOutcome {
  try {
    database.exec("BEGIN IMMEDIATE");
    const packed: readonly Packed[] = JSON.parse(text);
    const results = packed.map((operation) => apply(operation, rare));
    done.run(number);
    database.exec("COMMIT");
    return { number, results };
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    const failure = error instanceof Error ? error.message : String(error);
    const isOurFault = !isOfTheDisk(error);
    if (!isOurFault) makeRoom(database);
    return { number, failure, isOurFault };
  }
}

/** What is in the write-ahead file goes to where it belongs, and the file shrinks: on a full disk that may be all the room there is. */
function makeRoom(database: DatabaseSync): void {
  try {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // Not even that; the next attempt may.
  }
}

/** SQLITE_PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB (sqlite.org/rescode.html). */
const codesOfTheDisk: ReadonlySet<unknown> = new Set([3, 5, 6, 7, 8, 10, 11, 13, 14, 26]);

/** The lower eight bits are the code, the others say more about it. */
function isOfTheDisk(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  return codesOfTheDisk.has(code & 0xff);
}
