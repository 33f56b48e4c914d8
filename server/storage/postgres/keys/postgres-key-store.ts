import type { Clock } from "../../../core/clock.ts";
import { GatewayError } from "../../../core/error.ts";
import { keyHasEnded, keyNameTaken, keyNotFound } from "../../../core/key-errors.ts";
import type { KeyRecord, KeyStore } from "../../../core/key-store.ts";
import type { Database, Query } from "../database.ts";
import { storable } from "../storable.ts";
import { ledgerUnavailable } from "../unavailable.ts";
import { type KeyRow, keyOf, valuesOf } from "./key-row.ts";
import { createKeyWatch } from "./key-watch.ts";

/** The channel on which gateways tell each other that keys changed. */
export const keysChannel = "axonflow_keys";

export interface PostgresKeyStore extends KeyStore {
  /** To be awaited before keys are listed, so that no change after it is missed. */
  open(): Promise<void>;
  /** Another gateway, or this one, changed a key. */
  hear(): void;
}

/** Licence keys in PostgreSQL. Changes are announced, and counted for those who miss the announcement. */
export function createPostgresKeyStore({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): PostgresKeyStore {
  const watch = createKeyWatch({ query: database.query, clock });
  return {
    create: (record) =>
      orUnavailable(
        database.transaction(async (query) => {
          await inTurn(query, record.name);
          await refuseTaken(query, record, clock.epochMs());
          await insert(query, record);
          await announce(query);
        }),
      ),
    list: () =>
      orUnavailable(
        database
          .query<KeyRow>("SELECT * FROM axonflow.license_key ORDER BY created_ms DESC, id DESC")
          .then((rows) => rows.map(keyOf)),
      ),
    revoke: (id, revokedEpochMs) =>
      orUnavailable(
        database.transaction(async (query) => {
          const ended = await end(query, id, revokedEpochMs);
          await announce(query);
          return ended;
        }),
      ),
    rotate: (id, successor, revokedEpochMs) =>
      orUnavailable(
        database.transaction(async (query) => {
          await refuseEnded(query, id, successor);
          const ended = await end(query, id, revokedEpochMs, successor.id);
          await insert(query, successor);
          await announce(query);
          return ended;
        }),
      ),
    open: watch.begin,
    watch: watch.add,
    hear: watch.changed,
    async close() {
      watch.close();
    },
  };
}

/** Two keys of one name cannot be made at the same moment. */
async function inTurn(query: Query, name: string): Promise<void> {
  await query("SELECT pg_advisory_xact_lock(hashtextextended($1, 7305112050))", [storable(name)]);
}

async function refuseTaken(query: Query, { id, name }: KeyRecord, nowMs: number): Promise<void> {
  const taken = await query(
    `SELECT 1 FROM axonflow.license_key
     WHERE name = $1 AND id::text <> $3 AND (revoked_ms IS NULL OR revoked_ms > $2) LIMIT 1`,
    [storable(name), BigInt(Math.round(nowMs)), id],
  );
  if (taken.length > 0) throw keyNameTaken(name);
}

/**
 * Changes of one key take turns by its row. A rotation that is asked for again, because its answer was lost, is not a second
 * one.
 */
async function refuseEnded(query: Query, id: string, successor: KeyRecord): Promise<void> {
  const [old] = await query<Pick<KeyRow, "revoked_ms" | "replaced_by">>(
    "SELECT revoked_ms, replaced_by FROM axonflow.license_key WHERE id::text = $1 FOR UPDATE",
    [storable(id)],
  );
  const isAgain = old?.replaced_by === successor.id;
  if (old && old.revoked_ms !== null && !isAgain) throw keyHasEnded(id);
}

async function insert(query: Query, record: KeyRecord): Promise<void> {
  await query(
    `INSERT INTO axonflow.license_key (id, name, tenant, grants, sha256, prefix, created_ms, created_by, revoked_ms, replaced_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING`,
    valuesOf(record),
  );
}

async function end(
  query: Query,
  id: string,
  revokedEpochMs: number,
  replacedBy?: string,
): Promise<KeyRecord> {
  const [row] = await query<KeyRow>(
    `UPDATE axonflow.license_key SET revoked_ms = least(revoked_ms, $2), replaced_by = coalesce($3, replaced_by)
     WHERE id::text = $1 RETURNING *`,
    [storable(id), BigInt(Math.round(revokedEpochMs)), replacedBy ?? null],
  );
  if (row === undefined) throw keyNotFound(id);
  return keyOf(row);
}

async function announce(query: Query): Promise<void> {
  await query("UPDATE axonflow.change SET count = count + 1 WHERE topic = 'keys'");
  await query("SELECT pg_notify($1, '')", [keysChannel]);
}

async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof GatewayError ? error : ledgerUnavailable(error);
  }
}
