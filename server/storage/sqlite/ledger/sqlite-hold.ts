import type { Clock } from "../../../core/clock.ts";
import type { Hold, ReservationRequest, UsageRecord } from "../../../core/ledger.ts";
import type { BatchWriter } from "../batch-writer.ts";
import type { HoldRow } from "../thread/operation.ts";
import type { Entry } from "./account-book.ts";

export interface SqliteHoldOptions {
  readonly request: ReservationRequest;
  readonly entries: readonly Entry[];
  readonly grantedNanoUsd: bigint;
  readonly writer: BatchWriter;
  readonly clock: Clock;
  /** Called once, when it is settled or released. */
  readonly ended: () => void;
}

/** Money set aside in memory, and in the file from `start` on. */
export class SqliteHold implements Hold {
  readonly kind = "hold";
  readonly grantedNanoUsd: bigint;
  readonly #options: SqliteHoldOptions;
  #heldNanoUsd: bigint;
  #isInFlight = false;
  #isOver = false;

  constructor(options: SqliteHoldOptions) {
    this.#options = options;
    this.grantedNanoUsd = options.grantedNanoUsd;
    this.#heldNanoUsd = options.grantedNanoUsd;
    for (const { count } of options.entries) count.reservedNanoUsd += options.grantedNanoUsd;
  }

  async extend(nanoUsd: bigint): Promise<boolean> {
    const { entries, clock } = this.#options;
    const nowMs = clock.epochMs();
    const fits = entries.every(
      ({ account, count }) =>
        !account.enforced || count.leftNanoUsd(account.limitNanoUsd, nowMs) >= nanoUsd,
    );
    if (!fits || this.#isOver) return false;
    this.#hold(nanoUsd);
    if (!this.#isInFlight) return true;
    try {
      await this.#write();
      return true;
    } catch (error) {
      if (!this.#isOver) this.#hold(-nanoUsd);
      throw error;
    }
  }

  async start(): Promise<void> {
    if (this.#isInFlight || this.#isOver || this.#options.entries.length === 0) return;
    // Even if this fails: it may stand in the file all the same, and has to be taken out.
    this.#isInFlight = true;
    await this.#write();
  }

  settle(record: UsageRecord): void {
    const { clock, entries, writer, request } = this.#options;
    if (!this.#end()) return;
    const nowMs = clock.epochMs();
    const charges = entries.map(({ count }) => count.charge(record.costNanoUsd, nowMs));
    writer.keep({ kind: "settle", holdId: request.id, record, charges });
  }

  release(): void {
    const { writer, request } = this.#options;
    if (this.#end() && this.#isInFlight) writer.keep({ kind: "drop-hold", id: request.id });
  }

  #end(): boolean {
    if (this.#isOver) return false;
    this.#hold(-this.#heldNanoUsd);
    this.#isOver = true;
    this.#options.ended();
    return true;
  }

  #hold(nanoUsd: bigint): void {
    this.#heldNanoUsd += nanoUsd;
    for (const { count } of this.#options.entries) count.reservedNanoUsd += nanoUsd;
  }

  #write(): Promise<void> {
    const { request, entries, writer } = this.#options;
    const row: HoldRow = {
      id: request.id,
      grantedNanoUsd: this.#heldNanoUsd,
      expiresMs: request.expiresEpochMs,
      accountKeys: entries.map(({ count }) => count.key),
    };
    return writer.ask({ kind: "hold", row });
  }
}
