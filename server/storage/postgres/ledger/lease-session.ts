import { randomUUID } from "node:crypto";
import type { LedgerAccount, UsageRecord } from "../../../core/ledger.ts";
import { accountKey } from "./account-key.ts";
import { AccountLease } from "./account-lease.ts";
import type { Report, ReportOutcome, Wish } from "./report.ts";

/** A call that is over, and the accounts that it is charged to. */
export interface Settlement {
  readonly record: UsageRecord;
  readonly parts: readonly AccountLease[];
}

/** The most that one report carries. */
const recordsPerReport = 1000;
const resizesPerReport = 500;

/**
 * One life of a gateway in the database: its leases, and what is to be reported of them. When others take it for dead, the
 * gateway goes on in a new session, and this one only tells what it still owes.
 */
export class LeaseSession {
  readonly id = randomUUID();
  readonly accounts = new Map<string, AccountLease>();
  /** Until when the leases may be used, by the monotonic clock; before the database would let others have them. */
  validUntilMs = Number.NEGATIVE_INFINITY;
  /** Taken for dead. */
  isLost = false;
  #settled: Settlement[] = [];
  #number = 0n;
  #underWay: Report | undefined;
  #isTold = false;

  /** The lease of an account, which this call describes best. */
  account(account: LedgerAccount): AccountLease {
    const key = accountKey(account);
    const known = this.accounts.get(key);
    if (known !== undefined) {
      known.account = account;
      return known;
    }
    const fresh = new AccountLease(key, account);
    this.accounts.set(key, fresh);
    return fresh;
  }

  settle(settlement: Settlement): void {
    this.#settled.push(settlement);
  }

  /** Records that the database does not have yet. */
  get unreported(): number {
    return this.#settled.length + (this.#underWay?.records.length ?? 0);
  }

  /** Whether there is anything to say. */
  isDue(nowMs: number): boolean {
    if (this.unreported > 0 || this.#underWay !== undefined) return true;
    if (this.isLost) return !this.#isTold;
    return [...this.accounts.values()].some((account) => account.isDue(nowMs));
  }

  /** Everything has been told: a lost session ends here. */
  get isOver(): boolean {
    const isHeld = [...this.accounts.values()].some(({ inUse }) => inUse > 0n);
    return this.isLost && this.#isTold && this.unreported === 0 && !isHeld;
  }

  /** A lost session's leases are worth nothing beyond what is in use; that has to be told once more. */
  lose(): void {
    this.isLost = true;
    this.changed();
  }

  /** A call of a lost session ended. */
  changed(): void {
    this.#isTold = false;
  }

  /** The report to send: the one whose answer is missing, or a new one. */
  report(nowMs: number, wishes: readonly Wish[]): Report {
    this.#underWay ??= this.#build(nowMs, wishes);
    return this.#underWay;
  }

  applied(report: Report, outcome: ReportOutcome, nowMs: number): void {
    this.#underWay = undefined;
    for (const [key, told] of report.accounts) {
      const account = this.accounts.get(key);
      account?.applied(told, outcome.accounts.get(key), nowMs);
      if (account?.isOver(nowMs)) this.accounts.delete(key);
    }
    if (this.isLost) this.#isTold = true;
    else if (outcome.isLost) this.lose();
  }

  #build(nowMs: number, wishes: readonly Wish[]): Report {
    const settled = this.#settled.splice(0, recordsPerReport);
    const charges = new Map<string, bigint>();
    for (const { record, parts } of settled) {
      for (const { key } of parts) {
        charges.set(key, (charges.get(key) ?? 0n) + record.costNanoUsd);
      }
    }
    const limits = Map.groupBy(
      wishes.flatMap(({ parts }) => parts),
      ({ key }) => key,
    );
    let resizes = 0;
    const due = [...this.accounts.values()].filter((account) => {
      if (charges.has(account.key) || account.waiting > 0 || this.isLost) return true;
      if (!account.isDue(nowMs) || resizes >= resizesPerReport) return false;
      resizes += 1;
      return true;
    });
    this.#number += 1n;
    return {
      number: this.#number,
      accounts: new Map(
        due.map((account) => {
          const asked = limits.get(account.key)?.map(({ limit }) => limit) ?? [];
          return [account.key, account.report(charges.get(account.key) ?? 0n, nowMs, asked)];
        }),
      ),
      records: settled.map(({ record }) => record),
      wishes,
    };
  }
}
