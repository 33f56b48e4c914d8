import type { Clock } from "../../../core/clock.ts";
import type { LedgerAccount, NoRoom } from "../../../core/ledger.ts";
import { ledgerUnavailable } from "../unavailable.ts";
import type { AccountLease } from "./account-lease.ts";
import type { LeaseSession } from "./lease-session.ts";
import type { Report, ReportOutcome, Verdict, Wish } from "./report.ts";

/** A call for which this gateway's leases have no room. */
export interface Seeker {
  readonly id: string;
  readonly accounts: readonly LedgerAccount[];
  readonly worst: bigint;
  readonly least: bigint;
  /** There is room, of which nothing is taken yet. */
  grant(amount: bigint): void;
  refuse(noRoom: NoRoom): void;
  fail(error: Error): void;
}

interface Waiter {
  readonly seeker: Seeker;
  parts: readonly AccountLease[];
  asked: ReadonlyMap<string, bigint>;
  askedMs: number | undefined;
  readonly forget: () => void;
}

/** The most calls that wait at once; those beyond it are refused. */
const longestLine = 10_000;
/** How long others may take to give back what they do not use. One that does not answer for so long is taken to use it. */
const patienceMs = 1500;
/** For how long one that did not answer is not waited for again. */
const silentMs = 5000;

export interface WaitingLineOptions {
  readonly clock: Clock;
  /** How long a call may wait for the database. */
  readonly waitMs: number;
}

/** The calls that wait for room, in the order in which they came. */
export class WaitingLine {
  readonly #waiters = new Map<string, Waiter>();
  readonly #silentUntilMs = new Map<string, number>();
  readonly #options: WaitingLineOptions;
  #awaited: ReadonlySet<string> = new Set();

  constructor(options: WaitingLineOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#waiters.size;
  }

  add(seeker: Seeker, session: LeaseSession): void {
    const { clock, waitMs } = this.#options;
    if (this.#waiters.size >= longestLine) {
      seeker.fail(ledgerUnavailable(new Error("Too many calls wait for room.")));
      return;
    }
    const forget = clock.after(waitMs, () => {
      this.#take(seeker.id)?.seeker.fail(
        ledgerUnavailable(new Error("Room was not found in time.")),
      );
    });
    const parts = partsOf(seeker, session);
    this.#waiters.set(seeker.id, { seeker, parts, asked: new Map(), askedMs: undefined, forget });
  }

  has(id: string): boolean {
    return this.#waiters.has(id);
  }

  /** What a report is to ask for. */
  wishes(nowMs: number): readonly Wish[] {
    return [...this.#waiters.values()].map(({ seeker, parts, asked, askedMs }) => ({
      id: seeker.id,
      parts: parts.map(({ key }) => ({ key, limit: limitOf(seeker, key, parts) })),
      worst: seeker.worst,
      least: seeker.least,
      asked,
      isOutOfPatience: askedMs !== undefined && nowMs - askedMs >= patienceMs,
    }));
  }

  /** Gateways that are not waited for. */
  silent(nowMs: number): ReadonlySet<string> {
    for (const [session, untilMs] of this.#silentUntilMs) {
      if (untilMs <= nowMs) this.#silentUntilMs.delete(session);
    }
    return new Set(this.#silentUntilMs.keys());
  }

  /** Tells those who asked what became of it. */
  applied(report: Report, outcome: ReportOutcome, nowMs: number): void {
    if (report.wishes.some(({ isOutOfPatience }) => isOutOfPatience)) {
      for (const session of this.#awaited) this.#silentUntilMs.set(session, nowMs + silentMs);
    }
    this.#awaited = outcome.awaited;
    for (const { id } of report.wishes) {
      const waiter = this.#waiters.get(id);
      const verdict = outcome.verdicts.get(id);
      if (waiter && verdict) this.#tell(waiter, verdict, outcome, nowMs);
    }
  }

  #tell(waiter: Waiter, verdict: Verdict, outcome: ReportOutcome, nowMs: number): void {
    const { seeker, parts } = waiter;
    if (verdict.kind === "waits") {
      waiter.asked = verdict.asked;
      waiter.askedMs ??= nowMs;
      return;
    }
    if (verdict.kind === "granted" && !parts.every((part) => part.has(verdict.amount))) return;
    this.#take(seeker.id);
    if (verdict.kind === "granted") seeker.grant(verdict.amount);
    else seeker.refuse(noRoomOf(waiter, verdict, outcome));
  }

  /** Whether somebody waits for what others hold. */
  get isAsking(): boolean {
    return [...this.#waiters.values()].some(({ askedMs }) => askedMs !== undefined);
  }

  /** A lost session has nothing to give: everybody asks again in the new one. */
  moveTo(session: LeaseSession): void {
    for (const waiter of this.#waiters.values()) {
      for (const part of waiter.parts) part.waiting -= 1;
      waiter.parts = partsOf(waiter.seeker, session);
      waiter.asked = new Map();
      waiter.askedMs = undefined;
    }
  }

  failAll(error: () => Error): void {
    for (const id of [...this.#waiters.keys()]) this.#take(id)?.seeker.fail(error());
  }

  #take(id: string): Waiter | undefined {
    const waiter = this.#waiters.get(id);
    if (waiter === undefined) return undefined;
    this.#waiters.delete(id);
    waiter.forget();
    for (const part of waiter.parts) part.waiting -= 1;
    return waiter;
  }
}

/** The enforced accounts, each of which now has one more that waits. */
function partsOf(seeker: Seeker, session: LeaseSession): readonly AccountLease[] {
  const parts = seeker.accounts
    .filter(({ enforced }) => enforced)
    .map((account) => session.account(account));
  for (const part of parts) part.waiting += 1;
  return parts;
}

function limitOf({ accounts }: Seeker, key: string, parts: readonly AccountLease[]): bigint {
  const at = parts.findIndex((part) => part.key === key);
  return accounts.filter(({ enforced }) => enforced)[at]?.limitNanoUsd ?? 0n;
}

function noRoomOf(
  { seeker, parts }: Waiter,
  verdict: Verdict & { kind: "refused" },
  outcome: ReportOutcome,
): NoRoom {
  const at = parts.findIndex(({ key }) => key === verdict.key);
  const account = seeker.accounts.filter(({ enforced }) => enforced)[at];
  const state = outcome.accounts.get(verdict.key);
  if (account === undefined || state === undefined) throw new Error("A refusal of no account.");
  return {
    kind: "no-room",
    account,
    spentNanoUsd: state.spent,
    reservedNanoUsd: state.leased,
    retryEpochMs: verdict.retryEpochMs ?? 0,
  };
}
