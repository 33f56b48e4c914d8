import type { DatabaseSync } from "node:sqlite";
import type { KeyRow, Operation } from "./operation.ts";

type KeyOperation = Extract<Operation, { readonly kind: `${string}-key` | "list-keys" }>;

/** What comes of a change of licence keys. */
export type KeyOutcome = { readonly row: KeyRow } | { readonly problem: "taken" | "not-found" };

/** Does what is asked of the table of licence keys. */
export function createKeyTable(
  database: DatabaseSync,
): (operation: KeyOperation) => readonly KeyRow[] | KeyOutcome {
  const list = database.prepare("SELECT * FROM license_key ORDER BY created_ms DESC, id DESC");
  const one = database.prepare("SELECT * FROM license_key WHERE id = ?");
  const taken = database.prepare(
    `SELECT 1 FROM license_key WHERE name = ? AND id <> ?
     AND (revoked_ms IS NULL OR revoked_ms > ?) AND replaced_by IS NOT ? LIMIT 1`,
  );
  const insert = database.prepare(
    "INSERT INTO license_key VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
  );
  const revoke = database.prepare(
    `UPDATE license_key SET revoked_ms = min(coalesce(revoked_ms, ?2), ?2),
     replaced_by = coalesce(?3, replaced_by) WHERE id = ?1`,
  );

  return (operation) => {
    if (operation.kind === "list-keys") return list.all() as unknown as readonly KeyRow[];
    if (operation.kind === "revoke-key") {
      const { id, revokedMs, replacedBy } = operation;
      revoke.run(id, Math.round(revokedMs), replacedBy);
      const row = one.get(id);
      return row ? { row: row as unknown as KeyRow } : { problem: "not-found" };
    }
    const { row, nowMs } = operation;
    if (taken.get(row.name, row.id, nowMs, row.id)) return { problem: "taken" };
    insert.run(
      ...[row.id, row.name, row.tenant, row.grants, row.sha256, row.prefix],
      ...[row.created_ms, row.created_by, row.revoked_ms, row.replaced_by],
    );
    return { row };
  };
}
