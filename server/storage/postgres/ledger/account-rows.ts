import type { LedgerAccount } from "../../../core/ledger.ts";
import type { Query } from "../database.ts";
import { storable } from "../storable.ts";
import { oldestStep } from "./account-key.ts";
import type { AccountRow, OtherLease } from "./share-room.ts";

/** A locked account, for this transaction to change. */
export interface LockedAccount extends AccountRow {
  readonly id: bigint;
  readonly key: string;
  /** What left a rolling window; `spent` is without it already. */
  readonly gone: bigint;
}

/**
 * Makes rows for accounts that have none. In a statement of its own, before the transaction that locks them: locks are then
 * taken in the order of ids alone, and no two gateways wait for each other in a circle.
 */
export async function insertAccounts(
  query: Query,
  accounts: ReadonlyMap<string, LedgerAccount>,
  nowMs: number,
): Promise<Map<string, bigint>> {
  const entries = [...accounts].sort(([a], [b]) => (a < b ? -1 : 1));
  const windows = entries.map(([, { window }]) => window);
  const calendar = windows.map((window) => (window.kind === "calendar" ? window : undefined));
  await query(
    `INSERT INTO axonflow.account (key, name, start_ms, end_ms, length_ms, enforced, limit_nano_usd, used_ms)
     SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::boolean[], $7::bigint[], $8::bigint[])
     ON CONFLICT (key) DO NOTHING`,
    [
      entries.map(([key]) => key),
      entries.map(([, { name }]) => storable(name)),
      calendar.map((window) => window && BigInt(window.startEpochMs)),
      calendar.map((window) => window && BigInt(window.endEpochMs)),
      windows.map((window) => (window.kind === "rolling" ? BigInt(window.lengthMs) : null)),
      entries.map(([, { enforced }]) => enforced),
      entries.map(([, { limitNanoUsd }]) => limitNanoUsd),
      entries.map(() => BigInt(Math.round(nowMs))),
    ],
  );
  const rows = await query<{ id: bigint; key: string }>(
    "SELECT id, key FROM axonflow.account WHERE key = ANY($1)",
    [entries.map(([key]) => key)],
  );
  return new Map(rows.map(({ id, key }) => [key, id]));
}

/** Locks accounts in the order of their ids, with all leases on them. */
export async function lockAccounts(
  query: Query,
  options: { readonly ids: readonly bigint[]; readonly session: string; readonly nowMs: number },
): Promise<Map<string, LockedAccount>> {
  const { ids, session, nowMs } = options;
  const rows = await query<{
    id: bigint;
    key: string;
    length_ms: bigint | null;
    spent_nano_usd: bigint;
    leased_nano_usd: bigint;
    recall: bigint;
    scarce: boolean;
  }>(
    `SELECT id, key, length_ms, spent_nano_usd, leased_nano_usd, recall, scarce_until > clock_timestamp() AS scarce
     FROM axonflow.account WHERE id = ANY($1) ORDER BY id FOR UPDATE`,
    [ids],
  );
  const leases = await query<{
    account_id: bigint;
    session_id: string;
    amount_nano_usd: bigint;
    answered: bigint;
  }>("SELECT * FROM axonflow.lease WHERE account_id = ANY($1)", [ids]);
  const gone = await dropOldSteps(
    query,
    rows.flatMap(({ id, length_ms }) =>
      length_ms === null ? [] : [{ id, oldest: oldestStep(Number(length_ms), nowMs) }],
    ),
  );
  const byAccount = Map.groupBy(leases, ({ account_id }) => account_id);
  return new Map(
    rows.map((row) => {
      const all = byAccount.get(row.id) ?? [];
      const others: OtherLease[] = all
        .filter(({ session_id }) => session_id !== session)
        .map((lease) => ({
          session: lease.session_id,
          amount: lease.amount_nano_usd,
          answered: lease.answered,
        }));
      const own = all.find(({ session_id }) => session_id === session);
      const left = gone.get(row.id) ?? 0n;
      const account: LockedAccount = {
        id: row.id,
        key: row.key,
        spent: row.spent_nano_usd - left,
        gone: left,
        leased: row.leased_nano_usd,
        lease: own?.amount_nano_usd ?? 0n,
        others,
        recall: row.recall,
        isScarce: row.scarce,
      };
      return [row.key, account];
    }),
  );
}

/** Takes what has left rolling windows out of them. */
async function dropOldSteps(
  query: Query,
  rolling: readonly { readonly id: bigint; readonly oldest: bigint }[],
): Promise<Map<bigint, bigint>> {
  if (rolling.length === 0) return new Map();
  const rows = await query<{ account_id: bigint; spent_nano_usd: bigint }>(
    `DELETE FROM axonflow.bucket b USING unnest($1::bigint[], $2::bigint[]) AS x (id, oldest)
     WHERE b.account_id = x.id AND b.step < x.oldest RETURNING b.account_id, b.spent_nano_usd`,
    [rolling.map(({ id }) => id), rolling.map(({ oldest }) => oldest)],
  );
  const gone = new Map<bigint, bigint>();
  for (const { account_id, spent_nano_usd } of rows) {
    gone.set(account_id, (gone.get(account_id) ?? 0n) + spent_nano_usd);
  }
  return gone;
}

/** How an account's row changes; amounts are nano-USD. */
export interface AccountChange {
  readonly id: bigint;
  readonly account: LedgerAccount;
  readonly spent: bigint;
  readonly leased: bigint;
  /** How far it may go beyond the limit: only as far as a call did cost more than it had set aside. */
  readonly owed: bigint;
  readonly isRecalled: boolean;
}

/** For how long after a recall nobody holds anything idle. */
const scarceMs = 2000;

/**
 * Changes accounts, each only where spent and leased together stay within its limit. What was decided under the lock always
 * does; the condition stands here so that no mistake above can overspend.
 */
export async function changeAccounts(
  query: Query,
  changes: readonly AccountChange[],
  nowMs: number,
): Promise<void> {
  if (changes.length === 0) return;
  const rows = await query(
    `UPDATE axonflow.account a SET
       spent_nano_usd = a.spent_nano_usd + x.spent,
       leased_nano_usd = a.leased_nano_usd + x.leased,
       limit_nano_usd = x.limited, enforced = x.enforced, used_ms = greatest(a.used_ms, $8),
       recall = a.recall + x.recalled::int,
       scarce_until = CASE WHEN x.recalled
         THEN clock_timestamp() + $9::int * interval '1 millisecond' ELSE a.scarce_until END
     FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::boolean[], $7::boolean[])
       AS x (id, spent, leased, limited, owed, enforced, recalled)
     WHERE a.id = x.id AND (NOT x.enforced OR x.spent + x.leased <= x.owed
       OR a.spent_nano_usd + x.spent + a.leased_nano_usd + x.leased <= x.limited)
     RETURNING 1`,
    [
      changes.map(({ id }) => id),
      changes.map(({ spent }) => spent),
      changes.map(({ leased }) => leased),
      changes.map(({ account }) => account.limitNanoUsd),
      changes.map(({ owed }) => owed),
      changes.map(({ account }) => account.enforced),
      changes.map(({ isRecalled }) => isRecalled),
      BigInt(Math.round(nowMs)),
      scarceMs,
    ],
  );
  if (rows.length !== changes.length) throw new Error("A lease would have exceeded its limit.");
}

/** Adds to what rolling accounts spent in a part of their windows. */
export async function addToSteps(
  query: Query,
  additions: readonly { readonly id: bigint; readonly step: bigint; readonly spent: bigint }[],
): Promise<void> {
  if (additions.length === 0) return;
  await query(
    `INSERT INTO axonflow.bucket (account_id, step, spent_nano_usd)
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
     ON CONFLICT (account_id, step) DO UPDATE SET spent_nano_usd = bucket.spent_nano_usd + excluded.spent_nano_usd`,
    [
      additions.map(({ id }) => id),
      additions.map(({ step }) => step),
      additions.map(({ spent }) => spent),
    ],
  );
}
