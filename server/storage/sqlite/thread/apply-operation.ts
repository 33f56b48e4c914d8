import type { DatabaseSync } from "node:sqlite";
import type { UsageRecord } from "../../../core/ledger.ts";
import { createKeyTable } from "./key-table.ts";
import type { AccountRow, Charge, HoldRow, Operation } from "./operation.ts";
import { readUsage } from "./usage-sums.ts";

/** Does one operation within the transaction that is open, and returns its result. */
export type ApplyOperation = (operation: Operation) => unknown;

/** Prepares every statement once. */
export function createApplyOperation(database: DatabaseSync): ApplyOperation {
  const keys = createKeyTable(database);
  const putAccount = database.prepare(
    `INSERT INTO account VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET limit_nano_usd = excluded.limit_nano_usd`,
  );
  const putHold = database.prepare("INSERT OR REPLACE INTO hold VALUES (?, ?, ?, ?)");
  const dropHold = database.prepare("DELETE FROM hold WHERE id = ?");
  const putUsage = database.prepare(`INSERT INTO usage VALUES (${Array(17).fill("?").join(", ")})`);
  const addSpent = database.prepare(
    `INSERT INTO spent VALUES (?, ?, ?)
     ON CONFLICT (account_key, step) DO UPDATE SET nano_usd = nano_usd + excluded.nano_usd`,
  );

  const account = ({ key, name, startMs, endMs, lengthMs, limitNanoUsd }: AccountRow) =>
    putAccount.run(key, name, startMs, endMs, lengthMs, limitNanoUsd);
  const hold = ({ id, grantedNanoUsd, expiresMs, accountKeys }: HoldRow) =>
    putHold.run(id, grantedNanoUsd, Math.ceil(expiresMs), JSON.stringify(accountKeys));
  const settle = (holdId: string, record: UsageRecord, charges: readonly Charge[]) => {
    dropHold.run(holdId);
    putUsage.run(...columnsOf(record));
    for (const { accountKey, step, nanoUsd } of charges) addSpent.run(accountKey, step, nanoUsd);
  };

  return (operation) => {
    switch (operation.kind) {
      case "account":
        return void account(operation.row);
      case "hold":
        return void hold(operation.row);
      case "drop-hold":
        return void dropHold.run(operation.id);
      case "settle":
        return settle(operation.holdId, operation.record, operation.charges);
      case "prune":
        return prune(database, operation);
      case "usage":
        return readUsage(database, operation.query);
      default:
        return keys(operation);
    }
  };
}

function columnsOf(record: UsageRecord) {
  return [
    record.id,
    record.kind,
    Math.floor(record.epochMs),
    record.key,
    record.tenant,
    record.provider,
    record.region,
    record.model,
    JSON.stringify(record.tags),
    record.inputTokens,
    record.outputTokens,
    record.cacheReadInputTokens,
    record.cacheWriteInputTokens,
    record.costNanoUsd,
    record.isPriced ? 1 : 0,
    record.attempts,
    record.succeeded ? 1 : 0,
  ];
}

/** Takes out what nobody counts any more: old records, windows that are over, and parts that have left a rolling one. */
function prune(
  database: DatabaseSync,
  { usageBeforeMs, nowMs }: { readonly usageBeforeMs: number; readonly nowMs: number },
): void {
  database.prepare("DELETE FROM usage WHERE epoch_ms < ?").run(usageBeforeMs);
  database.prepare("DELETE FROM account WHERE end_ms <= ?").run(nowMs);
  database
    .prepare(
      `DELETE FROM spent WHERE NOT EXISTS (
         SELECT 1 FROM account WHERE key = account_key
         AND (length_ms IS NULL OR (step + 62) * max(1, (length_ms + 59) / 60) > ?))`,
    )
    .run(nowMs);
}
