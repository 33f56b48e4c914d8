import type { Clock } from "../../../server/core/clock.ts";
import type { LedgerAccount } from "../../../server/core/ledger.ts";
import type {
  AccountReport,
  Report,
  ReportOutcome,
} from "../../../server/storage/postgres/ledger/report.ts";
import { type OtherLease, shareRoom } from "../../../server/storage/postgres/ledger/share-room.ts";

/** PostgreSQL with one budget in it, as it would answer gateways. */
export interface SimulatedStore {
  /** A gateway takes part; `hear` is told of what others announce. */
  join(session: string, hear: (kind: "recall" | "room") => void): void;
  /** Applies a report when its turn has come, and calls back when the answer has travelled. */
  apply(
    session: string,
    report: Report,
    silent: ReadonlySet<string>,
    answered: (outcome: ReportOutcome) => void,
  ): void;
  /** A gateway has died: its lease is charged in full when it expires. */
  die(session: string): void;
  readonly spent: bigint;
  readonly leased: bigint;
  /** The most that spent and leased ever were together. */
  readonly most: bigint;
  /** What dead gateways were charged. */
  readonly lost: bigint;
  readonly transactions: number;
  /** How long transactions held the account's row in all, in milliseconds. */
  readonly busyMs: number;
}

export interface StoreTimes {
  /** From a gateway to the database and back. */
  readonly roundTripMs: number;
  /** How long a report's transaction holds the account's row, and how much longer for each lease on it. */
  readonly holdMs: number;
  readonly perLeaseMs: number;
}

const leaseTtlMs = 10_000;
/** For how long after a recall nobody holds anything idle. */
const scarceMs = 2000;

/** Does with one account what `apply-report.ts` does in SQL; the sharing is the gateway's own. */
export function createSimulatedStore(
  { limitNanoUsd }: LedgerAccount,
  clock: Clock,
  { roundTripMs, holdMs, perLeaseMs }: StoreTimes,
): SimulatedStore {
  const listeners = new Map<string, (kind: "recall" | "room") => void>();
  const leases = new Map<string, OtherLease>();
  let [spent, leased, most, lost, recall] = [0n, 0n, 0n, 0n, 0n];
  let scarceUntilMs = Number.NEGATIVE_INFINITY;
  let freeMs = 0;
  let [transactions, busyMs] = [0, 0];

  const othersOf = (session: string) =>
    [...leases.values()].filter((lease) => lease.session !== session);
  const announce = (kind: "recall" | "room", from: string) => {
    clock.after(roundTripMs / 2, () => {
      for (const [session, hear] of listeners) if (session !== from) hear(kind);
    });
  };
  const apply = (session: string, report: Report, silent: ReadonlySet<string>): ReportOutcome => {
    const isScarce = clock.now() < scarceUntilMs;
    const own = leases.get(session)?.amount ?? 0n;
    const told = [...report.accounts.values()][0] as AccountReport;
    const { key, charge, floor, inUse } = told;
    // Only wishes look at what others hold.
    const others = report.wishes.length > 0 ? othersOf(session) : [];
    const row = { spent, leased, lease: own, others, recall, isScarce };
    const shares = shareRoom({
      reports: report.accounts,
      rows: new Map([[key, row]]),
      wishes: report.wishes,
      silent,
    });
    const lease = shares.leases.get(key) ?? floor;
    const isRecalled = shares.recalls.has(key);
    spent += charge;
    leased += lease - own;
    if (spent + leased > limitNanoUsd) throw new Error("a lease would have exceeded its limit");
    if (spent + leased > most) most = spent + leased;
    if (isRecalled) {
      recall += 1n;
      scarceUntilMs = clock.now() + scarceMs;
      announce("recall", session);
    }
    const answers = shares.idleFree.has(key);
    const answered = answers ? recall : (leases.get(session)?.answered ?? 0n);
    if (lease > 0n || inUse > 0n) leases.set(session, { session, amount: lease, answered });
    else leases.delete(session);
    if (answers && !isRecalled && isScarce) announce("room", session);
    const outcome = { lease, spent, leased, isScarce: isScarce || isRecalled };
    return {
      isLost: false,
      accounts: new Map([[key, outcome]]),
      verdicts: shares.verdicts,
      awaited: shares.awaited,
    };
  };

  return {
    join: (session, hear) => void listeners.set(session, hear),
    apply(session, report, silent, answered) {
      clock.after(roundTripMs / 2, () => {
        const lastsMs = holdMs + perLeaseMs * leases.size;
        freeMs = Math.max(freeMs, clock.now()) + lastsMs;
        transactions += 1;
        busyMs += lastsMs;
        clock.after(freeMs - clock.now(), () => {
          if (!listeners.has(session)) return;
          const outcome = apply(session, report, silent);
          clock.after(roundTripMs / 2, () => answered(outcome));
        });
      });
    },
    die(session) {
      listeners.delete(session);
      clock.after(leaseTtlMs, () => {
        const amount = leases.get(session)?.amount ?? 0n;
        leases.delete(session);
        spent += amount;
        leased -= amount;
        lost += amount;
      });
    },
    get spent() {
      return spent;
    },
    get leased() {
      return leased;
    },
    get most() {
      return most;
    },
    get lost() {
      return lost;
    },
    get transactions() {
      return transactions;
    },
    get busyMs() {
      return busyMs;
    },
  };
}
