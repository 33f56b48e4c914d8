import { greater, lesser } from "./amounts.ts";
import type { AccountReport, Verdict, Wish } from "./report.ts";

/** A lease of another gateway. */
export interface OtherLease {
  readonly session: string;
  readonly amount: bigint;
  /** The recall at which it last held nothing idle. */
  readonly answered: bigint;
}

/** An account's row, locked; amounts are nano-USD. */
export interface AccountRow {
  readonly spent: bigint;
  /** All leases and holds, this gateway's too. */
  readonly leased: bigint;
  /** This gateway's. */
  readonly lease: bigint;
  readonly others: readonly OtherLease[];
  readonly recall: bigint;
  readonly isScarce: boolean;
}

/** How the room of all accounts of a report is shared out. */
export interface Shares {
  readonly leases: ReadonlyMap<string, bigint>;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Accounts whose other gateways are asked to give back what lies idle. */
  readonly recalls: ReadonlySet<string>;
  /** Accounts of which this gateway now holds nothing idle. */
  readonly idleFree: ReadonlySet<string>;
  readonly awaited: ReadonlySet<string>;
}

export interface SharingOptions {
  readonly reports: ReadonlyMap<string, AccountReport>;
  readonly rows: ReadonlyMap<string, AccountRow>;
  readonly wishes: readonly Wish[];
  /** Gateways that did not answer lately. */
  readonly silent: ReadonlySet<string>;
}

/** Of the room that is left, a lease takes this share beyond what is needed now, so that it lasts for all gateways. */
const idleShare = 4n;

/**
 * Decides what a gateway's leases are to be, and which of its waiting calls fit, first come first served, all accounts or
 * none. Pure: the caller has the rows locked. spent + leased never exceeds a limit by what is decided here.
 */
export function shareRoom({ reports, rows, wishes, silent }: SharingOptions): Shares {
  const free = new Map<string, bigint>();
  const promised = new Map<string, bigint>();
  for (const [key, report] of reports) {
    free.set(key, freeOf(report, rowOf(rows, key)));
    promised.set(key, 0n);
  }
  const verdicts = new Map<string, Verdict>();
  const recalls = new Set<string>();
  const short = new Set<string>();
  const awaited = new Set<string>();
  for (const wish of wishes) {
    const verdict = decide(wish);
    verdicts.set(wish.id, verdict);
    if (verdict.kind === "granted") {
      for (const { key } of wish.parts) {
        free.set(key, amountOf(free, key) - verdict.amount);
        promised.set(key, amountOf(promised, key) + verdict.amount);
      }
    }
  }

  function decide(wish: Wish): Verdict {
    const least = lesser(wish.least, wish.worst);
    const left = wish.parts.map(({ key, limit }) => {
      const report = reports.get(key);
      const lowered = report === undefined ? 0n : report.account.limitNanoUsd - limit;
      return { key, limit, amount: amountOf(free, key) - lowered };
    });
    const blocked = left.filter(({ amount }) => amount < wish.worst);
    if (blocked.length === 0) return { kind: "granted", amount: wish.worst };
    const hopeful = new Map(blocked.map((part) => [part.key, unanswered(wish, part.key)]));
    const hopeless = blocked.find(({ key, limit, amount }) => {
      const others = hopeful.get(key) ?? [];
      return amount < least && (others.length === 0 || mostOf(key, limit) < least);
    });
    if (hopeless) return { kind: "refused", key: hopeless.key };
    const waitsFor = blocked.filter(({ key }) => hopeful.get(key)?.length);
    if (waitsFor.length === 0) {
      return { kind: "granted", amount: blocked.map(({ amount }) => amount).reduce(lesser) };
    }
    const asked = new Map(wish.asked);
    for (const { key } of waitsFor) {
      short.add(key);
      for (const { session } of hopeful.get(key) ?? []) awaited.add(session);
      if (asked.has(key)) continue;
      recalls.add(key);
      asked.set(key, rowOf(rows, key).recall + 1n);
    }
    return { kind: "waits", asked };
  }

  /** Other gateways that may hold something idle. */
  function unanswered(wish: Wish, key: string): readonly OtherLease[] {
    if (wish.isOutOfPatience) return [];
    const asked = wish.asked.get(key);
    return rowOf(rows, key).others.filter(
      ({ amount, answered, session }) =>
        amount > 0n && !silent.has(session) && (asked === undefined || answered < asked),
    );
  }

  /** What could be had if nothing of what others hold were in use. */
  function mostOf(key: string, limit: bigint): bigint {
    const report = reports.get(key);
    if (report === undefined) return 0n;
    const { spent } = rowOf(rows, key);
    return limit - spent - report.charge - report.floor - amountOf(promised, key);
  }

  const leases = new Map<string, bigint>();
  const idleFree = new Set<string>();
  for (const [key, report] of reports) {
    const needed = report.floor + amountOf(promised, key);
    const kept = greater(report.keep, needed);
    const most = needed + greater(amountOf(free, key), 0n);
    let lease = lesser(kept, most);
    if (report.account.enforced && !short.has(key) && !rowOf(rows, key).isScarce) {
      if (report.want > lease) lease += lesser(report.want - lease, (most - lease) / idleShare);
    }
    if (short.has(key)) lease = needed;
    leases.set(key, lease);
    if (lease === needed) idleFree.add(key);
  }
  return { leases, verdicts, recalls, idleFree, awaited };
}

/** What the account has beyond this gateway's floor: what it holds idle, and what nobody holds. */
function freeOf({ account, charge, floor }: AccountReport, row: AccountRow): bigint {
  return account.limitNanoUsd - row.spent - charge - (row.leased - row.lease) - floor;
}

function rowOf(rows: ReadonlyMap<string, AccountRow>, key: string): AccountRow {
  const row = rows.get(key);
  if (row === undefined) throw new Error(`The account ${key} was not locked.`);
  return row;
}

const amountOf = (amounts: ReadonlyMap<string, bigint>, key: string) => amounts.get(key) ?? 0n;
