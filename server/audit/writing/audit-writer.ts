import type { AuditBatch, StoredHead } from "../../core/audit-store.ts";
import { auditUnavailable } from "../audit-unavailable.ts";
import { createBatches } from "./batches.ts";
import type { AuditWriterOptions, TenantDraft, Waiting } from "./waiting.ts";

/** Writes one chain: what waits is sealed and stored together, one batch after the other. */
export interface AuditWriter {
  /** Whether the store did not take the last batch. */
  readonly isFailing: boolean;
  /** Records that are not durable yet. */
  readonly waiting: number;
  /** The last head that is durable; undefined before the first. */
  readonly lastHead: StoredHead | undefined;
  /** Resolves when it is durable; rejects with AUDIT_UNAVAILABLE when that cannot be had in time. It may be written all the same. */
  ask(draft: TenantDraft): Promise<void>;
  /** As `ask`, but it is written in any case, as long as the process lives. */
  keep(draft: TenantDraft): Promise<void>;
  /** Resolves when nothing waits any more, after `waitMs` at the latest. */
  flush(): Promise<void>;
  /** Makes durable what waits, for at most `waitMs`. */
  close(): Promise<void>;
}

/** From one batch to the next at least, unless there is enough for one. */
const gatherMs = 4;
const enoughForBatch = 64;

/** After a failure, the next attempt comes this much later. */
const retryMs = 250;

/** Begins a chain; nothing is written yet. */
export function createAuditWriter(options: AuditWriterOptions): AuditWriter {
  return new ChainWriter(options);
}

class ChainWriter implements AuditWriter {
  readonly #options: AuditWriterOptions;
  readonly #batches: ReturnType<typeof createBatches>;
  #queue: Waiting[] = [];
  /** What the store has, or will be given again. */
  #underWay: { readonly batch: AuditBatch; readonly items: readonly Waiting[] } | undefined;
  /** Waiting for a data key, and so not in the queue yet. */
  #keyless = 0;
  #isScheduled = false;
  #stopGathering: (() => void) | undefined;
  #lastSentMs = Number.NEGATIVE_INFINITY;
  #isClosing = false;
  #isClosed = false;
  #idle: (() => void) | undefined;
  #disarmRetry = () => {};
  isFailing = false;
  lastHead: StoredHead | undefined;

  constructor(options: AuditWriterOptions) {
    this.#options = options;
    this.#batches = createBatches(options);
  }

  get waiting(): number {
    return this.#queue.length + (this.#underWay?.items.length ?? 0) + this.#keyless;
  }

  ask(draft: TenantDraft): Promise<void> {
    if (this.#isClosing) return Promise.reject(auditUnavailable(new Error("It is closed.")));
    if (this.isFailing) return Promise.reject(auditUnavailable(new Error("The store fails.")));
    if (this.waiting >= this.#options.mostWaiting) {
      return Promise.reject(auditUnavailable(new Error("Too many records wait.")));
    }
    return this.#enter(draft, false);
  }

  keep(draft: TenantDraft): Promise<void> {
    if (this.#isClosed) return Promise.reject(auditUnavailable(new Error("It is closed.")));
    return this.#enter(draft, true);
  }

  async flush(): Promise<void> {
    if (this.waiting === 0) return;
    const { clock, waitMs } = this.#options;
    await new Promise<void>((resolve) => {
      const disarm = clock.after(waitMs, resolve);
      this.#idle = () => {
        disarm();
        resolve();
      };
      this.#sendSoon();
    });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.flush();
    this.#isClosed = true;
    this.#disarmRetry();
    if (this.waiting > 0) {
      const { log } = this.#options;
      log.error({ records: this.waiting }, "records of the audit log could not be written");
    }
  }

  #enter(draft: TenantDraft, isKept: boolean): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const { clock, waitMs } = this.#options;
      const disarm = clock.after(waitMs, () => {
        if (!isKept) this.#forget(item);
        reject(auditUnavailable(new Error("The store took too long.")));
      });
      const item: Waiting = {
        draft,
        isKept,
        epochMs: clock.epochMs(),
        resolve() {
          disarm();
          resolve();
        },
        reject(error) {
          disarm();
          reject(error);
        },
      };
      if (this.#batches.hasKeyFor(draft.tenant)) this.#push(item);
      else this.#pushWithKey(item);
    });
  }

  /** Whoever gives up has mostly waited the longest, and so stands first: thousands may give up at once. */
  #forget(item: Waiting): void {
    const at = this.#queue.indexOf(item);
    if (at >= 0) this.#queue.splice(at, 1);
  }

  #push(item: Waiting): void {
    this.#queue.push(item);
    this.#sendSoon();
  }

  /** What must be written waits until the master key answers; what need not be is refused. */
  #pushWithKey(item: Waiting): void {
    this.#keyless += 1;
    this.#batches.obtainKey(item.draft.tenant).then(
      () => {
        this.#keyless -= 1;
        this.#push(item);
      },
      (error) => {
        this.#keyless -= 1;
        item.reject(auditUnavailable(error));
        if (!item.isKept || this.#isClosed) return;
        this.#keyless += 1;
        this.#options.clock.after(retryMs, () => {
          this.#keyless -= 1;
          this.#pushWithKey(item);
        });
      },
    );
  }

  /**
   * Whoever comes alone is served at once. Right after a batch, the next one gathers for a moment, because a batch costs more
   * than what is in it; and all that happens in this turn of the event loop goes with it in any case.
   */
  #sendSoon(): void {
    if (this.#underWay) return;
    const { clock } = this.#options;
    const waitMs =
      this.#queue.length < enoughForBatch ? this.#lastSentMs + gatherMs - clock.now() : 0;
    if (waitMs > 0 && !this.#isClosing) {
      this.#stopGathering ??= clock.after(waitMs, () => this.#sendNext());
      return;
    }
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#sendNext();
    });
  }

  #sendNext(): void {
    if (this.#underWay) return;
    this.#stopGathering?.();
    this.#stopGathering = undefined;
    if (this.#queue.length === 0) {
      if (this.#keyless === 0) this.#idle?.();
      return;
    }
    this.#batches.beginSegmentWhenDue();
    const taken = this.#queue.splice(0, mostInBatch);
    const items = taken.filter(({ draft }) => this.#batches.hasKeyFor(draft.tenant));
    // A segment may have begun since they came, and their tenants have no key in it yet.
    if (items.length < taken.length) this.#lookForKeys(taken);
    if (items.length > 0) {
      this.#underWay = { batch: this.#batches.seal(items), items };
      this.#lastSentMs = this.#options.clock.now();
      this.#send();
    } else this.#sendSoon();
  }

  #lookForKeys(items: readonly Waiting[]): void {
    for (const item of items) {
      if (!this.#batches.hasKeyFor(item.draft.tenant)) this.#pushWithKey(item);
    }
  }

  #send(): void {
    const { store } = this.#options;
    const underWay = this.#underWay;
    if (!underWay) return;
    store.append(underWay.batch).then(
      () => this.#stored(underWay.batch.head, underWay.items),
      (error) => this.#stall(underWay.items, error),
    );
  }

  #stored(head: StoredHead, items: readonly Waiting[]): void {
    if (this.isFailing) this.#options.log.info({}, "the audit log is written again");
    this.isFailing = false;
    this.lastHead = head;
    this.#underWay = undefined;
    for (const item of items) item.resolve();
    if (this.#queue.length > 0) this.#sendSoon();
    else this.#sendNext();
  }

  /** What was sealed is sent again until it is stored. Who asks is told; what is kept waits. */
  #stall(items: readonly Waiting[], error: unknown): void {
    const { log, clock } = this.#options;
    if (!this.isFailing) log.error({ err: error }, "the audit log cannot be written");
    this.isFailing = true;
    const failure = auditUnavailable(error);
    for (const item of [...items, ...this.#queue]) item.reject(failure);
    this.#queue = this.#queue.filter(({ isKept }) => isKept);
    if (!this.#isClosed) this.#disarmRetry = clock.after(retryMs, () => this.#send());
  }
}

/** One batch is no larger, so that sealing it never holds the event loop up for long. */
const mostInBatch = 200;
