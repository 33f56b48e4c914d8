import { Worker } from "node:worker_threads";
import { fileRefused } from "./sqlite-refused.ts";
import type { Batch, BatchOutcome, Found, Opening, ThreadOptions } from "./thread/operation.ts";
import { packBatch } from "./thread/packed-batch.ts";

/** The thread that holds the file. */
export interface SqliteThread {
  readonly found: Found;
  send(batch: Batch): void;
  /** Holds the process from here on, also between batches. */
  hold(): void;
  /** Resolves when the file is closed and the thread is gone. */
  close(): Promise<void>;
}

/** What the thread tells. */
export interface ThreadEvents {
  readonly outcome: (outcome: BatchOutcome) => void;
  /** It ended without being asked to; nothing that was sent will be answered. */
  readonly lost: (error: unknown) => void;
}

/** Starts it; rejects with `SqliteRefused` when the file cannot be opened. It holds the process only while a batch is under way. */
export function startSqliteThread(
  options: ThreadOptions,
  events: ThreadEvents,
): Promise<SqliteThread> {
  const { path, synchronous, nowMs } = options;
  const workerData: ThreadOptions = { path, synchronous, nowMs };
  const worker = new Worker(new URL("./thread/main.ts", import.meta.url), {
    workerData,
    name: "axonflow-store",
  });
  let isOpen = false;
  let isHeld = false;
  let isEnding = false;
  let fault: unknown;
  const gone = new Promise<void>((resolve) => worker.once("exit", () => resolve()));

  return new Promise((resolve, reject) => {
    const opened = (opening: Opening) => {
      if ("refusal" in opening) {
        reject(fileRefused(path, opening));
        return;
      }
      isOpen = true;
      worker.on("message", (outcome: BatchOutcome) => {
        if (!isHeld) worker.unref();
        events.outcome(outcome);
      });
      worker.unref();
      resolve({
        found: opening.found,
        send(batch) {
          worker.ref();
          worker.postMessage(packBatch(batch));
        },
        hold() {
          isHeld = true;
          worker.ref();
        },
        close() {
          isEnding = true;
          worker.ref();
          worker.postMessage("close");
          return gone;
        },
      });
    };
    worker.once("message", opened);
    worker.once("error", (error) => {
      fault = error;
    });
    void gone.then(() => {
      const error = fault ?? new Error("The thread of the store ended by itself.");
      reject(error);
      if (isOpen && !isEnding) events.lost(error);
    });
  });
}
