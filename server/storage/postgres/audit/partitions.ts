import type { Database } from "../database.ts";
import { type Month, monthNamed, monthOf } from "./months.ts";

/** Makes the tables of each month. */
export interface Partitions {
  /** Makes the months of these times that are not known to be there. */
  ensure(epochsMs: readonly number[]): Promise<void>;
  /** Makes the month in which it will soon be, in the background. */
  prepare(epochMs: number): void;
  /** A month turned out not to be there. */
  forget(): void;
}

/** Tables that have a partition for each month. */
export const partitioned = ["audit_head", "audit_record"] as const;

/** Any number that nobody else uses: gateways that make or drop partitions take turns by it. */
const partitionLock = 7_305_112_051n;

/** A month is made when the one before has so long to go. */
const aheadMs = 3 * 24 * 3_600_000;

/** Remembers what is there. */
export function createPartitions({ transaction }: Pick<Database, "transaction">): Partitions {
  const known = new Map<string, Month>();
  const isKnown = (epochMs: number) =>
    [...known.values()].some(({ startMs, endMs }) => epochMs >= startMs && epochMs < endMs);
  let isPreparing = false;
  const make = async (epochMs: number) => {
    const month = monthOf(epochMs);
    await transaction(async (query) => {
      await query("SELECT pg_advisory_xact_lock($1)", [partitionLock]);
      for (const table of partitioned) {
        const [row] = await query("SELECT 1 WHERE to_regclass($1) IS NOT NULL", [
          `axonflow.${table}_${month.name}`,
        ]);
        if (!row) await query(creating(table, month));
      }
    });
    known.set(month.name, month);
  };
  return {
    async ensure(epochsMs) {
      for (const epochMs of epochsMs) if (!isKnown(epochMs)) await make(epochMs);
    },
    prepare(epochMs) {
      if (isPreparing || isKnown(epochMs + aheadMs)) return;
      isPreparing = true;
      make(epochMs + aheadMs)
        .catch(() => {
          // Tried again with the next batch; at the latest the first one of that month needs it.
        })
        .finally(() => {
          isPreparing = false;
        });
    },
    forget: () => known.clear(),
  };
}

/** Attaching a table that is there, other than making a partition in its place, stops neither reading nor writing. */
function creating(table: string, { name, startMs, endMs }: Month): string {
  const partition = `axonflow.${table}_${name}`;
  return `CREATE TABLE ${partition} (LIKE axonflow.${table} INCLUDING DEFAULTS INCLUDING STORAGE INCLUDING INDEXES);
    ALTER TABLE axonflow.${table} ATTACH PARTITION ${partition} FOR VALUES FROM (${startMs}) TO (${endMs})`;
}

/** Whether a month's segments have all been shredded: no later one has records in it. */
const isGone = `NOT EXISTS (SELECT 1 FROM axonflow.audit_segment WHERE summary IS NULL AND start_ms < $1)`;

/**
 * Drops the oldest month when all that it holds was shredded, and nothing is written in it any more. Resolves to whether it
 * did. Nobody is stopped from reading or writing; a gateway that ended in the midst of it is taken over from.
 */
export async function dropOldestMonth(
  { query }: Pick<Database, "query">,
  nowMs: number,
): Promise<boolean> {
  const month = await oldestMonth(query);
  if (!month || month.endMs >= monthOf(nowMs).startMs) return false;
  const isShredded = async () =>
    (await query(`SELECT 1 WHERE ${isGone}`, [month.endMs])).length > 0;
  if (!(await isShredded())) return false;
  for (const table of partitioned) await dropPartition(query, table, month);
  return true;
}

async function oldestMonth(query: Database["query"]): Promise<Month | undefined> {
  const rows = await query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = 'axonflow'::regnamespace AND relname ~ '^(${partitioned.join("|")})_\\d{4}_\\d{2}$'`,
  );
  return rows
    .flatMap(({ name }) => monthNamed(name) ?? [])
    .toSorted((a, b) => a.startMs - b.startMs)[0];
}

async function dropPartition(
  query: Database["query"],
  table: string,
  { name }: Month,
): Promise<void> {
  const partition = `axonflow.${table}_${name}`;
  const [attached] = await query<{ pending: boolean }>(
    "SELECT inhdetachpending AS pending FROM pg_inherits WHERE inhrelid = to_regclass($1)",
    [partition],
  );
  if (attached) {
    const how = attached.pending ? "FINALIZE" : "CONCURRENTLY";
    await query(`ALTER TABLE axonflow.${table} DETACH PARTITION ${partition} ${how}`);
  }
  await query(`DROP TABLE IF EXISTS ${partition}`);
}
