import type { KeyGrants } from "../../../core/key-grants.ts";
import type { KeyRecord } from "../../../core/key-store.ts";
import { storable } from "../storable.ts";

/** A licence key as PostgreSQL gives it. */
export interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly grants: unknown;
  readonly sha256: Buffer;
  readonly prefix: string;
  readonly created_ms: bigint;
  readonly created_by: string;
  readonly revoked_ms: bigint | null;
  readonly replaced_by: string | null;
}

/** The columns in their order. */
export function valuesOf(record: KeyRecord): readonly unknown[] {
  return [
    record.id,
    record.name,
    record.tenant,
    grantsToJson(record.grants),
    record.sha256,
    record.prefix,
    BigInt(Math.round(record.createdEpochMs)),
    record.createdBy,
    record.revokedEpochMs === undefined ? null : BigInt(Math.round(record.revokedEpochMs)),
    record.replacedBy ?? null,
  ].map((value) => (typeof value === "string" ? storable(value) : value));
}

export function keyOf(row: KeyRow): KeyRecord {
  return {
    id: row.id,
    name: row.name,
    tenant: row.tenant,
    grants: grantsOf(row.grants),
    sha256: row.sha256,
    prefix: row.prefix,
    createdEpochMs: Number(row.created_ms),
    createdBy: row.created_by,
    ...(row.revoked_ms !== null && { revokedEpochMs: Number(row.revoked_ms) }),
    ...(row.replaced_by !== null && { replacedBy: row.replaced_by }),
  };
}

/** Amounts are written as texts: JSON's numbers are not exact. */
function grantsToJson(grants: KeyGrants): string {
  return JSON.stringify(grants, (_, value: unknown) => {
    if (typeof value === "string") return storable(value);
    return typeof value === "bigint" ? String(value) : value;
  });
}

function grantsOf(stored: unknown): KeyGrants {
  const grants = stored as KeyGrants;
  return {
    ...grants,
    budgets: grants.budgets.map((budget) => ({
      ...budget,
      limitNanoUsd: BigInt(budget.limitNanoUsd),
    })),
  };
}
