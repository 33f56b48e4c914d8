import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Clock } from "../../../core/clock.ts";
import { GatewayError } from "../../../core/error.ts";
import type { KeyRecord, KeyStore } from "../../../core/key-store.ts";
import type { Database, Query } from "../database.ts";
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
          await query(
            `INSERT INTO axonflow.license_key (id, name, tenant, grants, sha256, prefix, created_ms, created_by, revoked_ms, replaced_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING`,
            valuesOf(record),
          );
          await announce(query);
        }),
      ),
    list: () =>
      orUnavailable(
        database
          .query<KeyRow>("SELECT * FROM axonflow.license_key ORDER BY created_ms DESC, id DESC")
          .then((rows) => rows.map(keyOf)),
      ),
    revoke: (id, { revokedEpochMs, replacedBy }) =>
      orUnavailable(
        database.transaction(async (query) => {
          const [row] = await query<KeyRow>(
            `UPDATE axonflow.license_key SET revoked_ms = least(revoked_ms, $2), replaced_by = coalesce($3, replaced_by)
             WHERE id::text = $1 RETURNING *`,
            [id, BigInt(Math.round(revokedEpochMs)), replacedBy ?? null],
          );
          if (row === undefined) throw notFound(id);
          await announce(query);
          return keyOf(row);
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
  await query("SELECT pg_advisory_xact_lock(hashtextextended($1, 7305112050))", [name]);
}

async function refuseTaken(query: Query, record: KeyRecord, nowMs: number): Promise<void> {
  const taken = await query(
    `SELECT 1 FROM axonflow.license_key
     WHERE name = $1 AND id::text <> $3 AND (revoked_ms IS NULL OR revoked_ms > $2) AND replaced_by IS DISTINCT FROM $3 LIMIT 1`,
    [record.name, BigInt(Math.round(nowMs)), record.id],
  );
  if (taken.length === 0) return;
  throw new GatewayError(
    Code.AlreadyExists,
    ErrorReason.KEY_NAME_TAKEN,
    `A licence key named ${record.name} exists. Revoke or rotate that one, or choose another name.`,
    { metadata: { name: record.name } },
  );
}

async function announce(query: Query): Promise<void> {
  await query("UPDATE axonflow.change SET count = count + 1 WHERE topic = 'keys'");
  await query("SELECT pg_notify($1, '')", [keysChannel]);
}

function notFound(id: string): GatewayError {
  return new GatewayError(
    Code.NotFound,
    ErrorReason.KEY_NOT_FOUND,
    `There is no licence key ${id}. List the keys to see those that there are.`,
    { metadata: { id } },
  );
}

async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof GatewayError ? error : ledgerUnavailable(error);
  }
}
