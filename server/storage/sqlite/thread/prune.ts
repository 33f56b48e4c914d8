import type { DatabaseSync } from "node:sqlite";
import type { Operation } from "./operation.ts";

/** Calls wait for it, so it takes out no more records at once. */
const mostAtOnce = 5000;

/**
 * Takes out what nobody counts any more: old records, windows that are over, and parts that have left a rolling one. Returns
 * whether there are more records.
 */
export function createPrune(
  database: DatabaseSync,
): (operation: Extract<Operation, { readonly kind: "prune" }>) => boolean {
  const dropUsage = database.prepare(
    `DELETE FROM usage WHERE rowid IN (SELECT rowid FROM usage WHERE epoch_ms < ? LIMIT ${mostAtOnce})`,
  );
  const dropAccounts = database.prepare("DELETE FROM account WHERE end_ms <= ?");
  const dropSpent = database.prepare(
    `DELETE FROM spent WHERE NOT EXISTS (
       SELECT 1 FROM account WHERE key = account_key
       AND (length_ms IS NULL OR (step + 62) * max(1, (length_ms + 59) / 60) > ?))`,
  );
  return ({ usageBeforeMs, nowMs }) => {
    const { changes } = dropUsage.run(usageBeforeMs);
    dropAccounts.run(nowMs);
    dropSpent.run(nowMs);
    return Number(changes) === mostAtOnce;
  };
}
