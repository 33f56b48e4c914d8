import type { DatabaseSync } from "node:sqlite";
import type { KeyRow, Operation } from "./operation.ts";

/** What is asked of it. */
export type KeyOperation = Extract<Operation, { readonly kind: `${string}-key` | "list-keys" }>;

/** Why a change was not made. */
export type KeyProblem = "taken" | "not-found" | "ended";

/** What comes of a change of licence keys. */
export type KeyOutcome = { readonly row: KeyRow } | { readonly problem: KeyProblem };

/** Does what is asked of the table of licence keys. */
export function createKeyTable(
  database: DatabaseSync,
): (operation: KeyOperation) => readonly KeyRow[] | KeyOutcome {
  const list = database.prepare("SELECT * FROM license_key ORDER BY created_ms DESC, id DESC");
  const find = database.prepare("SELECT * FROM license_key WHERE id = ?");
  const taken = database.prepare(
    "SELECT 1 FROM license_key WHERE name = ? AND id <> ? AND (revoked_ms IS NULL OR revoked_ms > ?) LIMIT 1",
  );
  const put = database.prepare(
    "INSERT INTO license_key VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
  );
  const end = database.prepare(
    `UPDATE license_key SET revoked_ms = min(coalesce(revoked_ms, ?2), ?2),
     replaced_by = coalesce(?3, replaced_by) WHERE id = ?1`,
  );

  const one = (id: string) => find.get(id) as unknown as KeyRow | undefined;
  const insert = (row: KeyRow) =>
    put.run(
      ...[row.id, row.name, row.tenant, row.grants, row.sha256, row.prefix],
      ...[row.created_ms, row.created_by, row.revoked_ms, row.replaced_by],
    );
  const outcome = (id: string): KeyOutcome => {
    const row = one(id);
    return row ? { row } : { problem: "not-found" };
  };

  return (operation) => {
    switch (operation.kind) {
      case "list-keys":
        return list.all() as unknown as readonly KeyRow[];
      case "create-key": {
        const { row, nowMs } = operation;
        if (taken.get(row.name, row.id, nowMs)) return { problem: "taken" };
        insert(row);
        return { row };
      }
      case "revoke-key":
        end.run(operation.id, Math.round(operation.revokedMs), null);
        return outcome(operation.id);
      case "rotate-key": {
        const { id, successor, revokedMs } = operation;
        const old = one(id);
        if (old && old.revoked_ms !== null && old.replaced_by !== successor.id) {
          return { problem: "ended" };
        }
        if (old) {
          end.run(id, Math.round(revokedMs), successor.id);
          insert(successor);
        }
        return outcome(id);
      }
    }
  };
}
