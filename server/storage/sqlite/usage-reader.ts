import { Worker } from "node:worker_threads";
import type { Clock } from "../../core/clock.ts";
import type { UsageQuery, UsageSum } from "../../core/ledger.ts";
import { ledgerUnavailable } from "./ledger-unavailable.ts";
import type { UsageAnswer, UsageQuestion } from "./thread/usage-question.ts";

/** Adds usage records up, in a thread of its own: money does not wait for reports. */
export interface UsageReader {
  /** Sums over what the file has. Rejects with LEDGER_UNAVAILABLE when it cannot be read, or takes too long. */
  read(query: UsageQuery): Promise<readonly UsageSum[]>;
  close(): Promise<void>;
}

/** So many wait for their turn; no more are taken. */
const mostWaiting = 100;

/** Who has waited so long is refused; the thread comes to its end of it all the same. */
const waitMs = 10_000;

interface Asker {
  resolve(sums: readonly UsageSum[]): void;
  reject(error: unknown): void;
}

/** The thread is started by the first question, and again by the next one when it was lost. */
export function createUsageReader(path: string, clock: Clock): UsageReader {
  const askers = new Map<number, Asker>();
  let worker: Worker | undefined;
  let asked = 0;
  let isClosed = false;

  const take = (answer: UsageAnswer) => {
    const asker = askers.get(answer.number);
    askers.delete(answer.number);
    if (askers.size === 0) worker?.unref();
    if ("sums" in answer) asker?.resolve(answer.sums);
    else asker?.reject(new Error(answer.failure));
  };
  const start = (): Worker => {
    const url = new URL("./thread/usage-main.ts", import.meta.url);
    const started = new Worker(url, { workerData: path, name: "axonflow-usage" });
    let fault: unknown = new Error("The thread that adds usage up has ended.");
    started.on("message", take);
    started.once("error", (error) => {
      fault = error;
    });
    started.once("exit", () => {
      worker = undefined;
      for (const asker of askers.values()) asker.reject(fault);
      askers.clear();
    });
    return started;
  };
  const ask = (query: UsageQuery) =>
    new Promise<readonly UsageSum[]>((resolve, reject) => {
      worker ??= start();
      worker.ref();
      const question: UsageQuestion = { number: ++asked, query };
      askers.set(question.number, { resolve, reject });
      worker.postMessage(question);
    });

  return {
    async read(query) {
      if (isClosed || askers.size >= mostWaiting) throw ledgerUnavailable();
      const late = Promise.withResolvers<never>();
      const disarm = clock.after(waitMs, () => late.reject(new Error("It took too long.")));
      try {
        return await Promise.race([ask(query), late.promise]);
      } catch (error) {
        throw ledgerUnavailable(error);
      } finally {
        disarm();
      }
    },
    async close() {
      isClosed = true;
      await worker?.terminate();
    },
  };
}
