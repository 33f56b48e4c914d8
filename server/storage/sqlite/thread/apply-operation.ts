import type { DatabaseSync } from "node:sqlite";
import { createKeyTable } from "./key-table.ts";
import type { AccountRow } from "./operation.ts";
import type { Packed, RareOperation, UsageColumns } from "./packed-batch.ts";
import { createPrune } from "./prune.ts";

/** Does one operation within the transaction that is open, and returns its result. */
export type ApplyOperation = (packed: Packed, rare: readonly RareOperation[]) => unknown;

/** Prepares every statement once. */
export function createApplyOperation(database: DatabaseSync): ApplyOperation {
  const putHold = database.prepare("INSERT OR REPLACE INTO hold VALUES (?, ?, ?, ?)");
  const dropHold = database.prepare("DELETE FROM hold WHERE id = ?");
  const putUsage = database.prepare(`INSERT INTO usage VALUES (${Array(17).fill("?").join(", ")})`);
  const addSpent = database.prepare(
    `INSERT INTO spent VALUES (?, ?, ?)
     ON CONFLICT (account_key, step) DO UPDATE SET nano_usd = nano_usd + excluded.nano_usd`,
  );
  const applyRare = createApplyRare(database);

  const settle = (holdId: string, usage: UsageColumns) => {
    dropHold.run(holdId);
    putUsage.run(...usage);
  };

  return (packed, rare) => {
    if (typeof packed === "number") return applyRare(rare[packed] as RareOperation);
    switch (packed[0]) {
      case "hold":
        return void putHold.run(packed[1], packed[2], packed[3], packed[4]);
      case "settle":
        return settle(packed[1], packed[2]);
      case "charge":
        return void addSpent.run(packed[1], packed[2], packed[3]);
    }
  };
}

function createApplyRare(database: DatabaseSync): (operation: RareOperation) => unknown {
  const keys = createKeyTable(database);
  const prune = createPrune(database);
  const dropAccount = database.prepare("DELETE FROM account WHERE key = ?");
  const putAccount = database.prepare(
    `INSERT INTO account VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET limit_nano_usd = excluded.limit_nano_usd`,
  );
  const dropHold = database.prepare("DELETE FROM hold WHERE id = ?");

  const account = ({ key, name, startMs, endMs, lengthMs, limitNanoUsd }: AccountRow) =>
    putAccount.run(key, name, startMs, endMs, lengthMs, limitNanoUsd);

  return (operation) => {
    switch (operation.kind) {
      case "account":
        return void account(operation.row);
      case "drop-hold":
        return void dropHold.run(operation.id);
      case "drop-account":
        return void dropAccount.run(operation.key);
      case "prune":
        return prune(operation);
      case "flush":
        return undefined;
      default:
        return keys(operation);
    }
  };
}
