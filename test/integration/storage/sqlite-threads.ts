import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { DatabaseSync } from "node:sqlite";
import type { Worker } from "node:worker_threads";

/** The threads of one kind of stores that a test opens from here on, so that it can end them under the stores' feet. */
export interface SqliteThreads {
  /** How many were started. */
  readonly started: number;
  /** Ends the youngest, in whatever it is doing, and waits until it is gone. */
  end(): Promise<void>;
  /** Ends the next ones, so many, when they have only just been started. */
  endNext(count: number): void;
  close(): void;
}

/** Node tells of each thread on this channel (nodejs.org/api/diagnostics_channel.html#worker-thread). */
const channel = "worker_threads";

/** Begins to look; nothing in the stores knows of it. */
export function watchThreads(name = "axonflow-store"): SqliteThreads {
  const workers: Worker[] = [];
  let ending = 0;
  const note = (message: unknown) => {
    const { worker } = message as { readonly worker: Worker };
    if (worker.threadName !== name) return;
    workers.push(worker);
    if (ending === 0) return;
    ending -= 1;
    void worker.terminate();
  };
  subscribe(channel, note);
  return {
    get started() {
      return workers.length;
    },
    async end() {
      const worker = workers.at(-1);
      if (!worker) throw new Error("No thread was started.");
      const gone = once(worker, "exit");
      await worker.terminate();
      await gone;
    },
    endNext(count) {
      ending = count;
    },
    close: () => unsubscribe(channel, note),
  };
}

/** Holds a gateway's file as another gateway would; the function gives it back. */
export function holdFile(path: string): () => void {
  const database = new DatabaseSync(`${path}.lock`);
  database.exec("BEGIN EXCLUSIVE");
  return () => database.close();
}
