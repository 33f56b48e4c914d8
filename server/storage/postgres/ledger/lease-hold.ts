import type {
  Hold,
  LedgerAccount,
  NoRoom,
  ReservationRequest,
  UsageRecord,
} from "../../../core/ledger.ts";
import { ledgerUnavailable } from "../unavailable.ts";
import type { AccountLease } from "./account-lease.ts";
import type { LeaseSession } from "./lease-session.ts";
import type { LeaseSync } from "./lease-sync.ts";
import type { OpenHold } from "./leave-holds.ts";

export interface LeaseHoldOptions {
  readonly request: ReservationRequest;
  /** The request's, each once. */
  readonly accounts: readonly LedgerAccount[];
  readonly sync: LeaseSync;
  ended(): void;
}

/** How much is sought, and who is told. */
export interface Sought {
  readonly worstNanoUsd: bigint;
  readonly leastNanoUsd: bigint;
}

export interface SeekingOutcome {
  granted(): void;
  refused(noRoom: NoRoom): void;
  failed(error: Error): void;
}

/** A hold within the leases of one session. */
export class LeaseHold implements Hold {
  readonly kind = "hold";
  /** What it began with. */
  grantedNanoUsd = 0n;
  readonly #options: LeaseHoldOptions;
  #session: LeaseSession | undefined;
  #parts: readonly AccountLease[] = [];
  /** With its extensions. */
  #heldNanoUsd = 0n;
  #isStarted = false;
  #hasEnded = false;
  #extensions = 0;

  constructor(options: LeaseHoldOptions) {
    this.#options = options;
  }

  /** Takes room at once where the leases have it, and waits for it where they do not. */
  seek({ worstNanoUsd: worst, leastNanoUsd: least }: Sought, outcome: SeekingOutcome): void {
    const { accounts, sync, request } = this.#options;
    if (sync.hasRoom(accounts, worst)) {
      this.#take(worst);
      outcome.granted();
      return;
    }
    this.#extensions += 1;
    sync.wait({
      id: this.#session === undefined ? request.id : `${request.id}#${this.#extensions}`,
      accounts,
      worst,
      least,
      grant: (amount) => {
        if (this.#hasEnded || this.isCutOff) return outcome.failed(ledgerUnavailable());
        this.#take(amount);
        outcome.granted();
      },
      refuse: outcome.refused,
      fail: outcome.failed,
    });
  }

  extend(nanoUsd: bigint): Promise<boolean> {
    if (this.#hasEnded) return Promise.resolve(false);
    if (this.isCutOff) return Promise.reject(ledgerUnavailable());
    return new Promise((resolve, reject) => {
      this.seek(
        { worstNanoUsd: nanoUsd, leastNanoUsd: nanoUsd },
        { granted: () => resolve(true), refused: () => resolve(false), failed: reject },
      );
    });
  }

  /** The lease that covers the hold is durable already; what is left to see is that it still holds. */
  async start(): Promise<void> {
    const { accounts, sync } = this.#options;
    const isLimited = accounts.some(({ enforced }) => enforced);
    if (isLimited && (this.isCutOff || !sync.isValid)) throw ledgerUnavailable();
    this.#isStarted = true;
  }

  settle(record: UsageRecord): void {
    this.#end(record);
  }

  release(): void {
    this.#end(undefined);
  }

  /** The ledger closes: a call that was not sent is forgotten, another is left behind. */
  leave(): OpenHold | undefined {
    if (!this.#isStarted) {
      this.release();
      return undefined;
    }
    this.#hasEnded = true;
    const { id, expiresEpochMs } = this.#options.request;
    const session = this.#session;
    if (session === undefined || session.isLost) return undefined;
    const keys = this.#parts.map(({ key }) => key);
    return { id, expiresEpochMs, grantedNanoUsd: this.#heldNanoUsd, keys };
  }

  /** Its session was taken for dead: what it holds is charged already, and it cannot hold more. */
  get isCutOff(): boolean {
    return this.#session?.isLost ?? false;
  }

  #take(amount: bigint): void {
    const { accounts, sync } = this.#options;
    if (this.#session === undefined) {
      this.#session = sync.current;
      this.#parts = accounts.map((account) => sync.current.account(account));
      for (const part of this.#parts) part.holds += 1;
      this.grantedNanoUsd = amount;
    }
    for (const part of this.#parts) part.take(amount, sync.nowMs);
    this.#heldNanoUsd += amount;
  }

  #end(record: UsageRecord | undefined): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const { sync, ended } = this.#options;
    for (const part of this.#parts) {
      part.holds -= 1;
      part.end(this.#heldNanoUsd, record?.costNanoUsd ?? 0n, sync.nowMs);
    }
    if (this.#session?.isLost) this.#session.changed();
    if (record) (this.#session ?? sync.current).settle({ record, parts: this.#parts });
    ended();
    sync.freed();
  }
}
