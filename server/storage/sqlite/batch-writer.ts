import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import { ledgerUnavailable } from "./ledger-unavailable.ts";
import { type SqliteThread, startSqliteThread } from "./sqlite-thread.ts";
import type { BatchOutcome, Found, Operation, ThreadOptions } from "./thread/operation.ts";

/** Collects operations into transactions: while one is under way, the next one fills. */
export interface BatchWriter {
  readonly found: Found;
  /** Whether the last transaction failed, or the thread is gone. */
  readonly isFailing: boolean;
  /** Operations that are not durable yet. */
  readonly waiting: number;
  /** Resolves when it is durable. Rejects with LEDGER_UNAVAILABLE when that fails or takes too long; it is then given up. */
  ask<T>(operation: Operation): Promise<T>;
  /** Sees to it, however often it has to be tried. */
  keep(operation: Operation): void;
  /** Makes durable what is kept, for at most `waitMs`, and ends the thread. */
  close(): Promise<void>;
}

export interface BatchWriterOptions extends ThreadOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** How long somebody waits for an operation. */
  readonly waitMs: number;
}

interface Item {
  readonly operation: Operation;
  /** Absent for what is kept. */
  readonly asker?: { resolve(result: unknown): void; reject(error: unknown): void } | undefined;
}

/** One transaction is no larger, so that nobody waits long for the one before. */
const mostInBatch = 500;

/** After a failure, the next attempt comes this much later. */
const retryMs = 250;

/** Opens the file; rejects with `SqliteRefused`. */
export async function openBatchWriter(options: BatchWriterOptions): Promise<BatchWriter> {
  const writer = new ThreadedWriter(options);
  await writer.open();
  return writer;
}

class ThreadedWriter implements BatchWriter {
  readonly #options: BatchWriterOptions;
  #thread: SqliteThread | undefined;
  #found: Found | undefined;
  #queue: Item[] = [];
  #underWay: readonly Item[] = [];
  #number = 0;
  /** So many of the next ones go alone, to find the one that cannot be done. */
  #alone = 0;
  #isScheduled = false;
  #isClosing = false;
  #idle: (() => void) | undefined;
  isFailing = false;

  constructor(options: BatchWriterOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const events = {
      outcome: (outcome: BatchOutcome) => this.#take(outcome),
      lost: (error: unknown) => this.#lost(error),
    };
    this.#thread = await startSqliteThread(this.#options, events);
    const { found } = this.#thread;
    if (this.#found) this.#takeLost(found.lastBatch);
    else this.#number = found.lastBatch;
    this.#found ??= found;
  }

  get found(): Found {
    return this.#found ?? { lastBatch: 0, accounts: [], spent: [], holds: [] };
  }

  get waiting(): number {
    return this.#queue.length + this.#underWay.length;
  }

  ask<T>(operation: Operation): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const { clock, waitMs } = this.#options;
      const give = () => reject(ledgerUnavailable(new Error("The store took too long.")));
      const disarm = clock.after(waitMs, give);
      const asker = {
        resolve(result: unknown) {
          disarm();
          resolve(result as T);
        },
        reject(error: unknown) {
          disarm();
          reject(error);
        },
      };
      this.#push({ operation, asker });
    });
  }

  keep(operation: Operation): void {
    this.#push({ operation });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    const { clock, waitMs, log } = this.#options;
    if (this.waiting > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
        clock.after(waitMs, resolve);
      });
    }
    if (this.waiting > 0) log.error({ operations: this.waiting }, "usage could not be written");
    await this.#thread?.close();
    this.#thread = undefined;
  }

  #push(item: Item): void {
    this.#queue.push(item);
    if (this.#isScheduled || this.#underWay.length > 0 || this.isFailing) return;
    this.#isScheduled = true;
    // What else happens in this turn of the event loop goes with it.
    setImmediate(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#underWay.length > 0 || !this.#thread) return;
    // While it fails, an empty transaction finds out whether it still does: nobody else may be let in to try.
    if (this.#queue.length === 0 && !this.isFailing) {
      this.#idle?.();
      return;
    }
    const size = this.#alone > 0 ? 1 : mostInBatch;
    this.#alone = Math.max(0, this.#alone - 1);
    this.#underWay = this.#queue.splice(0, size);
    const operations = this.#underWay.map(({ operation }) => operation);
    this.#thread.send({ number: ++this.#number, operations });
  }

  #take(outcome: BatchOutcome): void {
    if (outcome.number !== this.#number) return;
    const items = this.#underWay;
    this.#underWay = [];
    if ("results" in outcome) {
      this.isFailing = false;
      for (const [at, { asker }] of items.entries()) asker?.resolve(outcome.results[at]);
      this.#send();
    } else {
      this.#fail(items, new Error(outcome.failure), outcome.isOurFault);
    }
  }

  /** Who asks is told; what is kept goes again, unless it is itself what cannot be done. */
  #fail(items: readonly Item[], error: Error, isOurFault: boolean): void {
    const { log, clock } = this.#options;
    const isCulprit = isOurFault && items.length === 1;
    log.error({ err: error, operations: items.length }, "the store of budgets cannot be written");
    refuse(items, error);
    const kept = isCulprit ? [] : items.filter(({ asker }) => !asker);
    this.#queue = [...kept, ...this.#queue];
    if (isOurFault) {
      this.#alone = kept.length;
      this.#send();
      return;
    }
    this.isFailing = true;
    clock.after(retryMs, () => this.#send());
  }

  /** Until the file is open again, nobody knows whether the batch under way was done. */
  #lost(error: unknown): void {
    this.#thread = undefined;
    this.isFailing = true;
    this.#options.log.error({ err: error }, "the thread of the store of budgets was lost");
    if (!this.#isClosing) this.#reopen();
  }

  #takeLost(lastBatch: number): void {
    const items = this.#underWay;
    this.#underWay = [];
    refuse(items, new Error("The thread was lost."));
    // What the file has of it is not sent again.
    if (lastBatch !== this.#number) this.#queue.unshift(...items.filter(({ asker }) => !asker));
  }

  #reopen(): void {
    const { clock, log } = this.#options;
    clock.after(retryMs, () => {
      this.open().then(
        () => this.#send(),
        (error) => {
          log.error({ err: error }, "the store of budgets cannot be opened again");
          if (!this.#isClosing) this.#reopen();
        },
      );
    });
  }
}

function refuse(items: readonly Item[], error: Error): void {
  for (const { asker } of items) asker?.reject(ledgerUnavailable(error));
}
