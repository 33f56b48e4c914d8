import type { DatabaseSync } from "node:sqlite";
import type { AccountRow, Found, HoldRow } from "./operation.ts";

/** Everything that still counts. */
export function readFound(database: DatabaseSync, nowMs: number): Found {
  const all = (sql: string, ...values: number[]) => {
    const statement = database.prepare(sql);
    statement.setReadBigInts(true);
    return statement.all(...values);
  };
  const holds = all("SELECT * FROM hold").map(
    (row): HoldRow => ({
      id: String(row.id),
      grantedNanoUsd: row.granted_nano_usd as bigint,
      expiresMs: Number(row.expires_ms),
      accountKeys: JSON.parse(String(row.account_keys)),
    }),
  );
  const accounts = all("SELECT * FROM account WHERE end_ms IS NULL OR end_ms > ?", nowMs).map(
    (row): AccountRow => ({
      key: String(row.key),
      name: String(row.name),
      startMs: numberOrNull(row.start_ms),
      endMs: numberOrNull(row.end_ms),
      lengthMs: numberOrNull(row.length_ms),
      limitNanoUsd: row.limit_nano_usd as bigint,
    }),
  );
  const spent = all("SELECT * FROM spent").map((row) => ({
    accountKey: String(row.account_key),
    step: Number(row.step),
    nanoUsd: row.nano_usd as bigint,
  }));
  const [progress] = all("SELECT batch FROM progress");
  return { lastBatch: Number(progress?.batch), accounts, spent, holds };
}

function numberOrNull(value: unknown): number | null {
  return value === null ? null : Number(value);
}
