import type { LedgerAccount } from "../../../core/ledger.ts";
import { greater, lesser } from "./amounts.ts";
import type { AccountOutcome, AccountReport } from "./report.ts";
import { TrafficMeter } from "./traffic-meter.ts";

/** How long after a shortage nothing is held idle, unless the database says that it lasts. */
const scarceMs = 1000;
/** No gateway holds more than this part of a limit idle, or room for one call: what a crash can cost stays small. */
const idlePartOfLimit = 20n;
/** How often what is in use is told, only to be shown. */
const showMs = 1000;

/**
 * What this gateway may promise of one account, in nano-USD. `inUse + unreported` never exceeds `cap` by its own calls'
 * doing, and `cap` never exceeds the lease that the database is sure to have, whatever becomes of a report under way.
 */
export class AccountLease {
  readonly key: string;
  /** As the last call described it. */
  account: LedgerAccount;
  cap = 0n;
  inUse = 0n;
  /** Spent, and not yet in a report that was applied. */
  unreported = 0n;
  /** Holds that are not over, those of nothing too. */
  holds = 0;
  /** Calls that wait for room here; later ones wait behind them. */
  waiting = 0;
  readonly meter = new TrafficMeter();
  /** The limit up to which the lease was cut. */
  #limit = 0n;
  #owesAnswer = false;
  #scarceUntilMs = Number.NEGATIVE_INFINITY;
  #told: { readonly inUse: bigint; readonly atMs: number } | undefined;

  constructor(key: string, account: LedgerAccount) {
    this.key = key;
    this.account = account;
  }

  /**
   * Whether a call can be admitted without asking. It does not overtake those that wait, unless nobody answers them; and a
   * limit that was lowered is first made known to the database.
   */
  fits(amount: bigint, { enforced, limitNanoUsd }: LedgerAccount, isAnswered: boolean): boolean {
    if (!enforced) return true;
    const isFirst = this.waiting === 0 || !isAnswered;
    return isFirst && limitNanoUsd >= this.#limit && this.has(amount);
  }

  has(amount: bigint): boolean {
    return this.cap - this.inUse - this.unreported >= amount;
  }

  take(amount: bigint, nowMs: number): void {
    this.inUse += amount;
    this.meter.granted(amount, this.inUse, nowMs);
  }

  /** Ends a call that had set `granted` aside and cost `cost`. */
  end(granted: bigint, cost: bigint, nowMs: number): void {
    this.inUse -= granted;
    this.unreported += cost;
    if (cost > 0n) this.meter.spent(cost, nowMs);
  }

  /** Somebody is short of room: what lies idle goes back with the next report, which answers even where nothing does. */
  recall(nowMs: number): void {
    this.#owesAnswer = true;
    this.#scarceUntilMs = nowMs + scarceMs;
  }

  get isKnown(): boolean {
    return this.#told !== undefined;
  }

  /** Whether a report should say something about the account besides what it spent. */
  isDue(nowMs: number): boolean {
    if (this.waiting > 0 || this.#owesAnswer || this.#told === undefined) return true;
    if (this.#told.inUse !== this.inUse && nowMs - this.#told.atMs >= showMs) return true;
    if (!this.account.enforced) return false;
    const idle = this.cap - this.inUse - this.unreported;
    const wanted = this.#wanted(nowMs);
    return idle * 2n < wanted || (idle > wanted * 2n && idle > 0n);
  }

  /** Nothing is held, nothing is to be told, and nobody has asked for a while. */
  isOver(nowMs: number): boolean {
    const isEmpty = this.cap === 0n && this.inUse === 0n && this.unreported === 0n;
    const isIdle = this.waiting === 0 && this.holds === 0 && this.#told?.inUse === 0n;
    return isEmpty && isIdle && nowMs - this.meter.lastMs > 30_000;
  }

  /** What a report says of the account that carries `charge` of what is unreported. From here on only `keep` is counted on. */
  report(charge: bigint, nowMs: number, limits: readonly bigint[]): AccountReport {
    const limitNanoUsd = limits.reduce(greater, this.account.limitNanoUsd);
    const floor = this.inUse + this.unreported - charge;
    const idle = this.#wanted(nowMs);
    const has = this.cap - charge;
    const most = floor + idle * 2n;
    const kept = has > most ? floor + idle : has;
    const keep = this.waiting > 0 || kept < floor || !this.account.enforced ? floor : kept;
    this.cap = keep + charge;
    this.#owesAnswer = false;
    this.#told = { inUse: this.inUse, atMs: nowMs };
    const { inUse, key, account } = this;
    return {
      key,
      account: { ...account, limitNanoUsd },
      charge,
      floor,
      keep,
      want: floor + idle,
      inUse,
    };
  }

  /** The report was applied. */
  applied(
    { charge, account }: AccountReport,
    outcome: AccountOutcome | undefined,
    nowMs: number,
  ): void {
    this.unreported -= charge;
    this.cap = outcome?.lease ?? 0n;
    this.#limit = account.limitNanoUsd;
    if (outcome?.isScarce) this.#scarceUntilMs = nowMs + scarceMs;
  }

  #wanted(nowMs: number): bigint {
    const isSpare = this.account.enforced && nowMs >= this.#scarceUntilMs;
    if (!isSpare) return 0n;
    const idle = this.meter.idle(this.inUse, nowMs);
    const most = this.account.limitNanoUsd / idlePartOfLimit;
    return lesser(idle, greater(most, this.meter.largest));
  }
}
