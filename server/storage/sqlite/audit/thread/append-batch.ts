import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "../../thread/transaction.ts";
import type { BatchRows, PackedBatch } from "../packed-batch.ts";
import { cutter } from "../packed-rows.ts";
import { idOf } from "./schema.ts";
import { createWriterIds } from "./writer-ids.ts";

/** Writes a batch, unless its head is there already. Prepares every statement once. */
export function createAppendBatch(database: DatabaseSync): (batch: PackedBatch) => void {
  const writers = createWriterIds(database);
  const putSegment = database.prepare(
    "INSERT INTO segment (writer, number, first_sequence, start_ms) VALUES (?, ?, ?, ?)",
  );
  const putKey = database.prepare("INSERT INTO data_key VALUES (?, ?, ?, ?)");
  const putHead = database.prepare(
    `INSERT INTO head VALUES (${idOf("?", "?")}, ?, ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
  );
  const headBytes = database.prepare(`SELECT bytes FROM head WHERE id = ${idOf("?", "?")}`);
  const putRecord = database.prepare(
    `INSERT INTO record VALUES (${idOf("?", "?")}, ?, ?, ?, nullif(unhex(?, '-'), x''), ?)`,
  );

  /** False when that head is there; another one in its place cannot be. */
  const isNew = (
    id: number,
    [number, segment, last, epochMs]: BatchRows["head"],
    bytes: Buffer,
  ) => {
    if (putHead.run(id, number, segment, last, epochMs, bytes).changes > 0) return true;
    const there = headBytes.get(id, number)?.bytes;
    if (there instanceof Uint8Array && bytes.equals(there)) return false;
    throw new Error("another head of this chain and number is in the log");
  };
  const write = ({ writer, begins, head, keys, records }: BatchRows, bytes: Uint8Array) => {
    const id = writers.idFor(writer);
    const next = cutter(bytes);
    if (!isNew(id, head, next(head[4]))) return;
    if (begins) putSegment.run(id, begins.number, begins.firstSequence, begins.startEpochMs);
    for (const [segment, number, length] of keys) putKey.run(id, segment, number, next(length));
    for (const [sequence, segment, epochMs, kind, requestId, length] of records) {
      putRecord.run(id, sequence, segment, epochMs, kind, requestId, next(length));
    }
  };

  return ({ text, bytes }) => {
    const rows: BatchRows = JSON.parse(text);
    try {
      inTransaction(database, () => write(rows, bytes));
    } catch (error) {
      // It may have been made in the transaction that was taken back.
      writers.forget(rows.writer);
      throw error;
    }
  };
}
