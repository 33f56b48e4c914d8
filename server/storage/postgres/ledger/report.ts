import type { LedgerAccount, UsageRecord } from "../../../core/ledger.ts";

/** What one gateway tells the database about one account, and asks of it. Amounts are nano-USD. */
export interface AccountReport {
  readonly key: string;
  readonly account: LedgerAccount;
  /** Spent since the report before; the lease shrinks by as much. */
  readonly charge: bigint;
  /** What calls under way have set aside, and what is spent and not in this report: less than that the lease cannot be. */
  readonly floor: bigint;
  /** The lease that the gateway counts on whatever becomes of this report: from the floor up to what it has. */
  readonly keep: bigint;
  /** The lease that would be good to have. */
  readonly want: bigint;
  /** What calls under way have set aside, to be shown. */
  readonly inUse: bigint;
}

/** A call that waits for room: all its enforced accounts, or none. */
export interface Wish {
  readonly id: string;
  readonly parts: readonly { readonly key: string; readonly limit: bigint }[];
  readonly worst: bigint;
  readonly least: bigint;
  /** The recalls that were sent for it: whoever has answered these holds nothing idle that it could have had. */
  readonly asked: ReadonlyMap<string, bigint>;
  /** It has waited long enough for the answers of others. */
  readonly isOutOfPatience: boolean;
}

/** What one gateway tells the database at once. Never changed: a report whose answer was lost is sent again as it is. */
export interface Report {
  /** One more than the report before. */
  readonly number: bigint;
  readonly accounts: ReadonlyMap<string, AccountReport>;
  readonly records: readonly UsageRecord[];
  readonly wishes: readonly Wish[];
}

/** What becomes of a wish. */
export type Verdict =
  | { readonly kind: "granted"; readonly amount: bigint }
  /** What the others hold is in use, or would not do either. */
  | { readonly kind: "refused"; readonly key: string; readonly retryEpochMs?: number }
  /** Others hold leases and were asked, by these recalls, to give back what they do not use. */
  | { readonly kind: "waits"; readonly asked: ReadonlyMap<string, bigint> };

/** An account after a report. */
export interface AccountOutcome {
  readonly lease: bigint;
  readonly spent: bigint;
  /** All leases and holds, this gateway's too. */
  readonly leased: bigint;
  /** Somebody is short of room here: nobody should hold anything idle. */
  readonly isScarce: boolean;
}

/** What the database answered. */
export interface ReportOutcome {
  /** Others took the session for dead and charged its leases; it is used no more. */
  readonly isLost: boolean;
  readonly accounts: ReadonlyMap<string, AccountOutcome>;
  /** Empty where a lost answer was asked for again: then nobody knows whose room it was. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Gateways that have to answer the recalls. */
  readonly awaited: ReadonlySet<string>;
}
