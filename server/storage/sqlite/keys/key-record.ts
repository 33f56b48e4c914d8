import type { KeyGrants } from "../../../core/key-grants.ts";
import type { KeyRecord } from "../../../core/key-store.ts";
import type { KeyRow } from "../thread/operation.ts";

/** A record as a row. */
export function rowOf(record: KeyRecord): KeyRow {
  return {
    id: record.id,
    name: record.name,
    tenant: record.tenant,
    grants: JSON.stringify(record.grants, (_, value: unknown) =>
      typeof value === "bigint" ? String(value) : value,
    ),
    sha256: record.sha256,
    prefix: record.prefix,
    created_ms: Math.round(record.createdEpochMs),
    created_by: record.createdBy,
    revoked_ms: record.revokedEpochMs === undefined ? null : Math.round(record.revokedEpochMs),
    replaced_by: record.replacedBy ?? null,
  };
}

/** A row as a record; what crossed threads is no Buffer any more. */
export function recordOf(row: KeyRow): KeyRecord {
  return {
    id: row.id,
    name: row.name,
    tenant: row.tenant,
    grants: grantsOf(JSON.parse(row.grants)),
    sha256: Buffer.from(row.sha256),
    prefix: row.prefix,
    createdEpochMs: row.created_ms,
    createdBy: row.created_by,
    ...(row.revoked_ms !== null && { revokedEpochMs: row.revoked_ms }),
    ...(row.replaced_by !== null && { replacedBy: row.replaced_by }),
  };
}

function grantsOf(stored: KeyGrants): KeyGrants {
  const budgets = stored.budgets.map((budget) => ({
    ...budget,
    limitNanoUsd: BigInt(budget.limitNanoUsd),
  }));
  return { ...stored, budgets };
}
