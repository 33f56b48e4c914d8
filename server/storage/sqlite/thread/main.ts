import type { DatabaseSync, StatementSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { type ApplyOperation, createApplyOperation } from "./apply-operation.ts";
import { openDatabase } from "./open-database.ts";
import type { BatchOutcome, Opening, ThreadOptions } from "./operation.ts";
import type { Packed, PackedBatch } from "./packed-batch.ts";
import { readFound } from "./read-found.ts";
import { refusalOf } from "./refusal-of.ts";
import { ledgerSchema } from "./schema.ts";
import { inTransaction, isOfTheDisk } from "./transaction.ts";

// The thread that alone touches the file. A batch is a transaction: all of it or nothing, one wait for the disk.

const options = workerData as ThreadOptions;
const say = (words: Opening | BatchOutcome) => parentPort?.postMessage(words);

try {
  const { database, close } = openDatabase({ ...options, schema: ledgerSchema });
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
    return inTransaction(database, () => {
      const packed: readonly Packed[] = JSON.parse(text);
      const results = packed.map((operation) => apply(operation, rare));
      done.run(number);
      return { number, results };
    });
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { number, failure, isOurFault: !isOfTheDisk(error) };
  }
}
