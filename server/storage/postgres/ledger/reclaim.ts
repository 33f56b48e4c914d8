import type { Database, Query } from "../database.ts";
import { stepAt } from "./account-key.ts";
import { addToSteps } from "./account-rows.ts";
import { insertUsage, lostRecord } from "./usage-rows.ts";

/** How many sessions or holds are resolved at once. */
const atOnce = 100;

/**
 * Charges what gone gateways left behind: expired leases in full, because nobody knows what their calls did cost, and calls
 * that were under way at a shutdown when they must be over. Gateways may do it at once; each case is resolved once.
 */
export async function reclaim(database: Database, nowMs: number): Promise<void> {
  const sessions = await database.query<{ id: string }>(
    `SELECT id FROM axonflow.session WHERE lost_at IS NULL AND expires_at < clock_timestamp() LIMIT ${atOnce}`,
  );
  for (const { id } of sessions) {
    await database.transaction((query) => loseSession(query, id, nowMs));
  }
  const holds = await database.query<{ id: string }>(
    `SELECT id FROM axonflow.hold WHERE expires_ms < $1 LIMIT ${atOnce}`,
    [BigInt(Math.round(nowMs))],
  );
  for (const { id } of holds) await database.transaction((query) => loseHold(query, id, nowMs));
}

async function loseSession(query: Query, session: string, nowMs: number): Promise<void> {
  const lost = await query(
    `UPDATE axonflow.session SET lost_at = clock_timestamp()
     WHERE id = $1 AND lost_at IS NULL AND expires_at < clock_timestamp() RETURNING 1`,
    [session],
  );
  if (lost.length === 0) return;
  const leases = await query<Charged & { readonly in_use: bigint }>(
    `SELECT a.id, a.name, a.length_ms, l.amount_nano_usd AS amount FROM axonflow.account a
     JOIN axonflow.lease l ON l.account_id = a.id WHERE l.session_id = $1 ORDER BY a.id FOR UPDATE OF a`,
    [session],
  );
  await query("DELETE FROM axonflow.lease WHERE session_id = $1", [session]);
  const held = leases.filter(({ amount }) => amount > 0n);
  await charge(query, held, nowMs);
  const usageId = (id: bigint) => `lost-${session}-${id}`;
  await insertUsage(
    query,
    held.map(({ id, name, amount }) =>
      lostRecord({ id: usageId(id), account: name, costNanoUsd: amount, epochMs: nowMs }),
    ),
  );
  if (held.length === 0) return;
  await query(
    `INSERT INTO axonflow.lost_lease (session_id, account_id, amount_nano_usd, step, usage_id)
     SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[])`,
    [
      session,
      held.map(({ id }) => id),
      held.map(({ amount }) => amount),
      held.map((account) => stepOf(account, nowMs)),
      held.map(({ id }) => usageId(id)),
    ],
  );
}

async function loseHold(query: Query, id: string, nowMs: number): Promise<void> {
  const [hold] = await query<{ granted_nano_usd: bigint; account_ids: bigint[] }>(
    "DELETE FROM axonflow.hold WHERE id = $1 RETURNING granted_nano_usd, account_ids::text[]",
    [id],
  );
  if (hold === undefined) return;
  const accounts = await query<Charged>(
    `SELECT id, name, length_ms, $2::bigint AS amount FROM axonflow.account
     WHERE id = ANY($1) ORDER BY id FOR UPDATE`,
    [hold.account_ids, hold.granted_nano_usd],
  );
  await charge(query, accounts, nowMs);
  await insertUsage(query, [
    lostRecord({ id, costNanoUsd: hold.granted_nano_usd, epochMs: nowMs }),
  ]);
}

interface Charged {
  readonly id: bigint;
  readonly name: string;
  readonly length_ms: bigint | null;
  readonly amount: bigint;
}

/** Turns what was set aside into what is spent; their sum stays as it is. */
async function charge(query: Query, accounts: readonly Charged[], nowMs: number): Promise<void> {
  if (accounts.length === 0) return;
  await query(
    `UPDATE axonflow.account a SET spent_nano_usd = a.spent_nano_usd + x.amount,
       leased_nano_usd = a.leased_nano_usd - x.amount
     FROM unnest($1::bigint[], $2::bigint[]) AS x (id, amount) WHERE a.id = x.id`,
    [accounts.map(({ id }) => id), accounts.map(({ amount }) => amount)],
  );
  await addToSteps(
    query,
    accounts.flatMap((account) => {
      const step = stepOf(account, nowMs);
      return step === null ? [] : [{ id: account.id, step, spent: account.amount }];
    }),
  );
}

const stepOf = ({ length_ms }: Charged, nowMs: number) =>
  length_ms === null ? null : stepAt(Number(length_ms), nowMs);

/** Clears away what no count and no late report can need any more. Small steps, so that nobody waits for it. */
export async function clearAway(
  { query }: Database,
  { nowMs, usageRetentionDays }: { readonly nowMs: number; readonly usageRetentionDays: number },
): Promise<void> {
  const dayMs = 86_400_000;
  await query(
    `DELETE FROM axonflow.usage WHERE id IN (
       SELECT id FROM axonflow.usage WHERE epoch_ms < $1 LIMIT 10000 FOR UPDATE SKIP LOCKED)`,
    [BigInt(Math.round(nowMs - usageRetentionDays * dayMs))],
  );
  await query(
    `DELETE FROM axonflow.account WHERE id IN (
       SELECT id FROM axonflow.account a
       WHERE leased_nano_usd = 0 AND used_ms + coalesce(length_ms, 0) < $1 AND coalesce(end_ms, 0) < $1
         AND NOT EXISTS (SELECT 1 FROM axonflow.lease l WHERE l.account_id = a.id)
       LIMIT 5000 FOR UPDATE SKIP LOCKED)`,
    [BigInt(Math.round(nowMs - dayMs))],
  );
  await query(
    `WITH old AS (SELECT id FROM axonflow.session WHERE lost_at < now() - interval '7 days' LIMIT 100 FOR UPDATE SKIP LOCKED),
       leases AS (DELETE FROM axonflow.lost_lease USING old WHERE session_id = old.id)
     SELECT 1`,
  );
  await query(
    `DELETE FROM axonflow.session s WHERE lost_at < now() - interval '7 days'
       AND NOT EXISTS (SELECT 1 FROM axonflow.lost_lease l WHERE l.session_id = s.id)`,
  );
}
