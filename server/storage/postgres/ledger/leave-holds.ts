import type { Database, Query } from "../database.ts";

/** A call that is under way while its gateway shuts down. */
export interface OpenHold {
  readonly id: string;
  readonly expiresEpochMs: number;
  readonly grantedNanoUsd: bigint;
  readonly keys: readonly string[];
}

/** Ends a session: its leases go back, except what calls under way hold, which is charged when they must be over. */
export async function leaveHolds(
  database: Database,
  options: {
    readonly session: string;
    readonly holds: readonly OpenHold[];
    readonly nowMs: number;
  },
): Promise<void> {
  const { session, holds } = options;
  await database.transaction(async (query) => {
    const known = await query(
      "SELECT 1 FROM axonflow.session WHERE id = $1 AND lost_at IS NULL FOR UPDATE",
      [session],
    );
    if (known.length === 0) return;
    const accounts = await query<{ id: bigint; key: string; lease: bigint }>(
      `SELECT a.id, a.key, l.amount_nano_usd AS lease FROM axonflow.account a
       JOIN axonflow.lease l ON l.account_id = a.id WHERE l.session_id = $1 ORDER BY a.id FOR UPDATE OF a`,
      [session],
    );
    const ids = new Map(accounts.map(({ key, id }) => [key, id]));
    await insertHolds(query, holds, ids);
    const held = (key: string) =>
      holds
        .filter(({ keys }) => keys.includes(key))
        .reduce((sum, { grantedNanoUsd }) => sum + grantedNanoUsd, 0n);
    await query(
      `UPDATE axonflow.account a SET leased_nano_usd = a.leased_nano_usd + x.change
       FROM unnest($1::bigint[], $2::bigint[]) AS x (id, change) WHERE a.id = x.id`,
      [accounts.map(({ id }) => id), accounts.map(({ key, lease }) => held(key) - lease)],
    );
    await query("DELETE FROM axonflow.lease WHERE session_id = $1", [session]);
    await query("DELETE FROM axonflow.session WHERE id = $1", [session]);
  });
}

async function insertHolds(
  query: Query,
  holds: readonly OpenHold[],
  ids: ReadonlyMap<string, bigint>,
): Promise<void> {
  for (const { id, expiresEpochMs, grantedNanoUsd, keys } of holds) {
    const accounts = keys.flatMap((key) => ids.get(key) ?? []);
    await query(
      `INSERT INTO axonflow.hold (id, expires_ms, granted_nano_usd, account_ids)
       VALUES ($1, $2, $3, $4::bigint[]) ON CONFLICT DO NOTHING`,
      [id, BigInt(Math.round(expiresEpochMs)), grantedNanoUsd, accounts],
    );
  }
}
