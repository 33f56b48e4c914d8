import type { Clock } from "../../../core/clock.ts";
import type {
  Hold,
  Ledger,
  LedgerAccount,
  NoRoom,
  ReservationRequest,
} from "../../../core/ledger.ts";
import type { Log } from "../../../core/log.ts";
import type { Database } from "../database.ts";
import { ledgerUnavailable } from "../unavailable.ts";
import { accountKey } from "./account-key.ts";
import { readAccounts } from "./account-states.ts";
import { LeaseHold } from "./lease-hold.ts";
import { LeaseSync } from "./lease-sync.ts";
import { leaveHolds, type OpenHold } from "./leave-holds.ts";
import { readUsage } from "./usage-sums.ts";

export interface PostgresLedgerOptions {
  readonly database: Database;
  /** For questions that nobody waits for but who asks. */
  readonly reading: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a lease holds after its gateway was last heard of. */
  readonly leaseTtlMs: number;
  /** How long a call may wait for the database. */
  readonly waitMs: number;
  readonly usageRetentionDays: number;
  /** The most records that wait to be written, calls under way included; calls beyond it are refused. */
  readonly maxUnreported: number;
}

/** The ledger of many gateways on one PostgreSQL: each holds leases, within which no call waits for the database. */
export interface PostgresLedger extends Ledger {
  /** Gives and takes part from here on; rejects when the database does not answer. */
  open(): Promise<void>;
  /** What another gateway said on the ledger's channel. */
  hear(text: string): void;
}

/** Makes the ledger; nothing happens before `open`. */
export function createPostgresLedger(options: PostgresLedgerOptions): PostgresLedger {
  const { database, reading, clock, maxUnreported } = options;
  const sync = new LeaseSync(options);
  const holds = new Map<string, LeaseHold>();
  let isClosed = false;

  const reserve = (request: ReservationRequest): Promise<Hold | NoRoom> => {
    if (isClosed) return Promise.reject(ledgerUnavailable(new Error("The ledger is closed.")));
    if (holds.has(request.id) || sync.isWaiting(request.id)) {
      return Promise.reject(new Error(`There is a hold of the call ${request.id} already.`));
    }
    if (holds.size + sync.unreported + sync.waiting >= maxUnreported) {
      return Promise.reject(ledgerUnavailable(new Error("Too many records wait to be written.")));
    }
    const accounts = distinct(request.accounts);
    const hold = new LeaseHold({ request, accounts, sync, ended: () => holds.delete(request.id) });
    return new Promise((resolve, reject) => {
      const granted = () => {
        holds.set(request.id, hold);
        resolve(hold);
      };
      hold.seek(request, { granted, refused: resolve, failed: reject });
    });
  };

  return {
    reserve,
    open: () => sync.open(),
    hear: (text) => sync.hear(text),
    async accounts() {
      await sync.flush();
      return orUnavailable(readAccounts(reading, sync.current, clock.epochMs()));
    },
    async usage(query) {
      await sync.flush();
      return orUnavailable(readUsage(reading, query));
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      const left: OpenHold[] = [];
      for (const hold of [...holds.values()]) {
        const open = hold.leave();
        if (open) left.push(open);
      }
      await sync.close((session, nowMs) => leaveHolds(database, { session, holds: left, nowMs }));
    },
  };
}

/** One account each: two of one name and window share one count, up to the lower limit. */
function distinct(accounts: readonly LedgerAccount[]): readonly LedgerAccount[] {
  if (accounts.length < 2) return accounts;
  const byKey = new Map<string, LedgerAccount>();
  for (const account of accounts) {
    const key = accountKey(account);
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? account : stricter(known, account));
  }
  return [...byKey.values()];
}

function stricter(a: LedgerAccount, b: LedgerAccount): LedgerAccount {
  if (a.enforced !== b.enforced) return a.enforced ? a : b;
  return a.limitNanoUsd <= b.limitNanoUsd ? a : b;
}

async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw ledgerUnavailable(error);
  }
}
