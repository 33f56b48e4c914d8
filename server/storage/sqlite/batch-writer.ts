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
  /**
   * Resolves when it is durable. Rejects with LEDGER_UNAVAILABLE when that fails or takes too long; it is then given up, and
   * done all the same only if the thread had it by then.
   */
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

/** How long what nobody waits for may gather before it is written. */
const gatherMs = 20;

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
  /** The batch of the last number, until it is done. */
  #underWay: readonly Item[] = [];
  /** Whether the thread has it. */
  #isOut = false;
  #number = 0;
  /** So many of the next ones go alone, to find the one that cannot be done. */
  #alone = 0;
  #isScheduled = false;
  #stopGathering: (() => void) | undefined;
  #isClosing = false;
  #isClosed = false;
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
    const thread = await startSqliteThread(this.#options, events);
    if (this.#isClosed) return thread.close();
    this.#thread = thread;
    if (this.#isClosing) thread.hold();
    const { found } = thread;
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
    if (this.#isClosing) return Promise.reject(ledgerUnavailable(new Error("It is closed.")));
    return new Promise<T>((resolve, reject) => {
      const { clock, waitMs } = this.#options;
      const disarm = clock.after(waitMs, () => {
        this.#queue = this.#queue.filter((other) => other !== item);
        reject(ledgerUnavailable(new Error("The store took too long.")));
      });
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
      const item = { operation, asker };
      this.#push(item);
    });
  }

  keep(operation: Operation): void {
    if (!this.#isClosed) this.#push({ operation });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#thread?.hold();
    const { clock, waitMs, log } = this.#options;
    if (this.waiting > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
        clock.after(waitMs, resolve);
        this.#sendSoon();
      });
    }
    this.#isClosed = true;
    if (this.waiting > 0) log.error({ operations: this.waiting }, "usage could not be written");
    await this.#thread?.close();
    this.#thread = undefined;
  }

  /** Whether somebody waits for what is in the queue, or the batches would grow too long. */
  get #isAwaited(): boolean {
    if (this.#alone > 0 || this.#queue.length >= mostInBatch) return true;
    return this.#queue.some(({ asker }) => asker);
  }

  #push(item: Item): void {
    this.#queue.push(item);
    if (this.#isOut || this.isFailing) return;
    if (item.asker) this.#sendSoon();
    else this.#gather();
  }

  /** What else happens in this turn of the event loop goes with it. */
  #sendSoon(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  /** What nobody waits for waits for more of its kind: a transaction costs more than what is in it. */
  #gather(): void {
    if (this.#isClosing || this.#queue.length >= mostInBatch) this.#sendSoon();
    else this.#stopGathering ??= this.#options.clock.after(gatherMs, () => this.#send());
  }

  #send(): void {
    if (this.#isOut || !this.#thread) return;
    this.#stopGathering?.();
    this.#stopGathering = undefined;
    if (this.#underWay.length === 0) {
      // While it fails, an empty transaction finds out whether it still does: nobody else may be let in to try.
      if (this.#queue.length === 0 && !this.isFailing) {
        this.#idle?.();
        return;
      }
      this.#underWay = this.#queue.splice(0, this.#alone > 0 ? 1 : mostInBatch);
      this.#alone = Math.max(0, this.#alone - 1);
      this.#number += 1;
    }
    const operations = this.#underWay.map(({ operation }) => operation);
    this.#isOut = true;
    this.#thread.send({ number: this.#number, operations });
  }

  #take(outcome: BatchOutcome): void {
    if (outcome.number !== this.#number) return;
    this.#isOut = false;
    const items = this.#underWay;
    this.#underWay = [];
    if ("results" in outcome) {
      if (this.isFailing) this.#options.log.info({}, "the store of budgets is written again");
      this.isFailing = false;
      for (const [at, { asker }] of items.entries()) asker?.resolve(outcome.results[at]);
      if (this.#queue.length > 0 && !this.#isAwaited) this.#gather();
      else this.#send();
      return;
    }
    const error = new Error(outcome.failure);
    if (outcome.isOurFault) this.#single(items, error);
    else this.#stall(items, error);
  }

  /** One of them cannot be done: each goes by itself, so that it is refused and no other. */
  #single(items: readonly Item[], error: Error): void {
    const [culprit, ...others] = items;
    if (others.length > 0) {
      this.#queue = [...items, ...this.#queue];
      this.#alone = items.length;
    } else {
      const kind = culprit?.operation.kind;
      this.#options.log.error({ err: error, kind }, "the store of budgets cannot do this");
      refuse(items, error);
    }
    this.#send();
  }

  /**
   * The disk fails. Who asks is told; what is kept goes again under its number, because a commit that failed may be found
   * done all the same when the thread is lost and the file is opened again.
   */
  #stall(items: readonly Item[], error: Error): void {
    const { log, clock } = this.#options;
    if (!this.isFailing) log.error({ err: error }, "the store of budgets cannot be written");
    this.isFailing = true;
    refuse([...items, ...this.#queue], error);
    this.#underWay = items.filter(({ asker }) => !asker);
    this.#queue = this.#queue.filter(({ asker }) => !asker);
    clock.after(retryMs, () => this.#send());
  }

  /** Until the file is open again, nobody knows whether the batch under way was done. */
  #lost(error: unknown): void {
    this.#thread = undefined;
    this.#isOut = false;
    this.isFailing = true;
    this.#options.log.error({ err: error }, "the thread of the store of budgets was lost");
    this.#reopen();
  }

  #takeLost(lastBatch: number): void {
    const items = this.#underWay;
    this.#underWay = [];
    refuse(items, new Error("The thread was lost."));
    // What the file has of it is not sent again.
    if (lastBatch !== this.#number) this.#queue.unshift(...items.filter(({ asker }) => !asker));
  }

  /** Again and again; only the first failure is news. */
  #reopen(failures = 0): void {
    const { clock, log } = this.#options;
    clock.after(retryMs, () => {
      if (this.#isClosed) return;
      this.open().then(
        () => this.#send(),
        (error) => {
          if (failures === 0) log.error({ err: error }, "the store of budgets cannot be opened");
          this.#reopen(failures + 1);
        },
      );
    });
  }
}

function refuse(items: readonly Item[], error: Error): void {
  for (const { asker } of items) asker?.reject(ledgerUnavailable(error));
}
