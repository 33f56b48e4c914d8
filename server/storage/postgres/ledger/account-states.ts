import type { AccountState } from "../../../core/ledger.ts";
import type { Database } from "../database.ts";
import { oldestStep, windowOf } from "./account-key.ts";
import type { LeaseSession } from "./lease-session.ts";

interface Row {
  readonly id: bigint;
  readonly key: string;
  readonly name: string;
  readonly start_ms: bigint | null;
  readonly end_ms: bigint | null;
  readonly length_ms: bigint | null;
  readonly limit_nano_usd: bigint;
  readonly spent_nano_usd: bigint;
  readonly reserved_nano_usd: bigint;
  readonly used_ms: bigint;
}

/**
 * Accounts whose window is not over. What this gateway's calls have set aside is as of now; that of the others as of their
 * last report, a second ago at most.
 */
export async function readAccounts(
  { query }: Database,
  own: LeaseSession,
  nowMs: number,
): Promise<readonly AccountState[]> {
  const rows = await query<Row>(
    `SELECT a.*,
       (SELECT coalesce(sum(in_use_nano_usd), 0) FROM axonflow.lease l WHERE l.account_id = a.id AND l.session_id <> $1)::bigint
         + (SELECT coalesce(sum(granted_nano_usd), 0) FROM axonflow.hold h WHERE a.id = ANY(h.account_ids))::bigint
         AS reserved_nano_usd
     FROM axonflow.account a WHERE end_ms IS NULL OR end_ms > $2`,
    [own.id, BigInt(Math.round(nowMs))],
  );
  const rolling = rows.filter(({ length_ms }) => length_ms !== null);
  const gone = await goneOf(query, rolling, nowMs);
  return rows
    .map((row) => {
      const account = own.accounts.get(row.key);
      return {
        name: row.name,
        window: windowOf(row),
        limitNanoUsd: account?.account.limitNanoUsd ?? row.limit_nano_usd,
        spentNanoUsd: row.spent_nano_usd - (gone.get(row.id) ?? 0n) + (account?.unreported ?? 0n),
        reservedNanoUsd: row.reserved_nano_usd + (account?.inUse ?? 0n),
      };
    })
    .filter(
      ({ window, spentNanoUsd, reservedNanoUsd }) =>
        window.kind === "calendar" || spentNanoUsd + reservedNanoUsd > 0n,
    )
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** What has left rolling windows since their rows were last written. */
async function goneOf(
  query: Database["query"],
  rolling: readonly Row[],
  nowMs: number,
): Promise<Map<bigint, bigint>> {
  if (rolling.length === 0) return new Map();
  const rows = await query<{ id: bigint; gone: bigint }>(
    `SELECT b.account_id AS id, sum(b.spent_nano_usd)::bigint AS gone FROM axonflow.bucket b
     JOIN unnest($1::bigint[], $2::bigint[]) AS x (id, oldest) ON b.account_id = x.id AND b.step < x.oldest
     GROUP BY b.account_id`,
    [
      rolling.map(({ id }) => id),
      rolling.map(({ length_ms }) => oldestStep(Number(length_ms), nowMs)),
    ],
  );
  return new Map(rows.map(({ id, gone }) => [id, gone]));
}
