import type { Hold, UsageRecord } from "../../core/ledger.ts";
import type { FundedAttempt, Spending, Taken } from "../../core/spending.ts";
import type { BudgetWatch } from "./budget-watch.ts";

/** Whose record it is, before anybody knows what it took. */
export type RecordHead = Pick<UsageRecord, "id" | "kind" | "epochMs" | "key" | "tenant" | "tags">;

export interface CallSpendingOptions {
  readonly isHeld: boolean;
  readonly hold: Hold;
  readonly head: RecordHead;
  readonly watch: BudgetWatch;
  /** Throws the error of a call whose next attempt has no room. */
  readonly refuse: () => never;
}

/**
 * The money of one call, over one hold. It is settled once, when the answer is whole or the call is over and no attempt is
 * under way; a call of which nothing was sent is released.
 */
export class CallSpending implements Spending {
  readonly isHeld: boolean;
  readonly #options: CallSpendingOptions;
  /** What the hold has, or will have when the extensions under way succeed. */
  #grantedNanoUsd: bigint;
  /** What ended attempts took and those under way may take. */
  #committedNanoUsd = 0n;
  #started: Promise<void> | undefined;
  #open = 0;
  #isOver = false;
  #isSettled = false;
  readonly #taken: Taken[] = [];

  constructor(options: CallSpendingOptions) {
    this.#options = options;
    this.isHeld = options.isHeld;
    this.#grantedNanoUsd = options.hold.grantedNanoUsd;
  }

  async begin(worstNanoUsd: bigint): Promise<FundedAttempt> {
    const { hold } = this.#options;
    this.#open++;
    this.#committedNanoUsd += worstNanoUsd;
    const lacking = this.#committedNanoUsd - this.#grantedNanoUsd;
    try {
      if (lacking > 0n) await this.#extend(lacking);
      this.#started ??= hold.start();
      await this.#started;
    } catch (error) {
      this.#ended(worstNanoUsd, undefined);
      throw error;
    }
    let isOpen = true;
    return {
      end: (taken) => {
        if (isOpen) this.#ended(worstNanoUsd, taken);
        isOpen = false;
      },
    };
  }

  /** Nothing more will be asked for. Later calls change nothing. */
  close(): void {
    this.#isOver = true;
    this.#settle();
  }

  async #extend(nanoUsd: bigint): Promise<void> {
    const { hold, refuse } = this.#options;
    this.#grantedNanoUsd += nanoUsd;
    let isExtended = false;
    try {
      isExtended = await hold.extend(nanoUsd);
    } finally {
      if (!isExtended) this.#grantedNanoUsd -= nanoUsd;
    }
    if (!isExtended) refuse();
  }

  #ended(worstNanoUsd: bigint, taken: Taken | undefined): void {
    this.#open--;
    this.#committedNanoUsd += (taken?.costNanoUsd ?? 0n) - worstNanoUsd;
    if (taken) this.#taken.push(taken);
    // What comes after a whole answer costs nothing, and the caller's next call should find the room.
    if (taken?.succeeded) this.#isOver = true;
    this.#settle();
  }

  #settle(): void {
    if (!this.#isOver || this.#open > 0 || this.#isSettled) return;
    this.#isSettled = true;
    const { hold, head, watch } = this.#options;
    const last = this.#taken.at(-1);
    if (!last) {
      hold.release();
      return;
    }
    const record = recordOf(head, this.#taken, last);
    hold.settle(record);
    watch.settled(record);
    if (this.isHeld && record.costNanoUsd > this.#grantedNanoUsd && record.isPriced) {
      watch.overran(record, this.#grantedNanoUsd);
    }
  }
}

/** The sums over all attempts, at the place of the one that answered, or was the last. */
function recordOf(head: RecordHead, all: readonly Taken[], last: Taken): UsageRecord {
  const { provider, region, model, succeeded } = all.find((taken) => taken.succeeded) ?? last;
  let inputTokens = 0;
  let outputTokens = 0;
  let cacheReadInputTokens = 0;
  let cacheWriteInputTokens = 0;
  let costNanoUsd = 0n;
  let isPriced = true;
  for (const taken of all) {
    inputTokens += taken.usage?.inputTokens ?? 0;
    outputTokens += taken.usage?.outputTokens ?? 0;
    cacheReadInputTokens += taken.usage?.cacheReadInputTokens ?? 0;
    cacheWriteInputTokens += taken.usage?.cacheWriteInputTokens ?? 0;
    costNanoUsd += taken.costNanoUsd;
    isPriced &&= taken.isPriced;
  }
  return {
    ...head,
    provider,
    region,
    model,
    inputTokens,
    outputTokens,
    cacheReadInputTokens,
    cacheWriteInputTokens,
    costNanoUsd,
    isPriced,
    attempts: all.length,
    succeeded,
  };
}
