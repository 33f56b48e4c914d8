import { randomUUID } from "node:crypto";
import type { UsageRecord } from "../../../core/ledger.ts";
import type { Query } from "../database.ts";
import { storable } from "../storable.ts";

const insertion = `
  INSERT INTO axonflow.usage (
    id, kind, epoch_ms, key, tenant, provider, region, model, tags, input_tokens, output_tokens, cache_read_input_tokens,
    cache_write_input_tokens, cost_nano_usd, is_priced, attempts, succeeded
  )
  SELECT * FROM unnest(
    $1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::jsonb[],
    $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::boolean[], $16::bigint[], $17::boolean[]
  )
  ON CONFLICT (id) DO NOTHING
  RETURNING id`;

/**
 * Keeps records. The caller makes sure that a report is applied once; should two calls ever have one id, both are kept,
 * the second under a longer id: no money goes uncounted.
 */
export async function insertUsage(query: Query, records: readonly UsageRecord[]): Promise<void> {
  if (records.length === 0) return;
  const kept = await insert(query, records);
  if (kept.size === records.length) return;
  const doubles = records.filter((record, at) => {
    const isFirst = records.findIndex(({ id }) => id === record.id) === at;
    return !isFirst || !kept.has(storable(record.id));
  });
  await insert(
    query,
    doubles.map((record) => ({ ...record, id: `${record.id}+${randomUUID()}` })),
  );
}

async function insert(query: Query, records: readonly UsageRecord[]): Promise<Set<string>> {
  const rows = await query<{ id: string }>(insertion, [
    records.map(({ id }) => storable(id)),
    records.map(({ kind }) => kind),
    records.map(({ epochMs }) => whole(epochMs)),
    records.map(({ key }) => storable(key)),
    records.map(({ tenant }) => storable(tenant)),
    records.map(({ provider }) => storable(provider)),
    records.map(({ region }) => storable(region)),
    records.map(({ model }) => storable(model)),
    records.map(({ tags }) => tagsOf(tags)),
    records.map(({ inputTokens }) => whole(inputTokens)),
    records.map(({ outputTokens }) => whole(outputTokens)),
    records.map(({ cacheReadInputTokens }) => whole(cacheReadInputTokens)),
    records.map(({ cacheWriteInputTokens }) => whole(cacheWriteInputTokens)),
    records.map(({ costNanoUsd }) => costNanoUsd),
    records.map(({ isPriced }) => isPriced),
    records.map(({ attempts }) => whole(attempts)),
    records.map(({ succeeded }) => succeeded),
  ]);
  return new Set(rows.map(({ id }) => id));
}

/** The record of money that a gone gateway may have spent: nobody knows on what, so it names the account alone. */
export function lostRecord(lost: {
  readonly id: string;
  readonly account?: string;
  readonly costNanoUsd: bigint;
  readonly epochMs: number;
}): UsageRecord {
  return {
    id: lost.id,
    kind: "lost",
    epochMs: lost.epochMs,
    key: "",
    tenant: "",
    provider: "",
    region: "",
    model: "",
    tags: lost.account === undefined ? {} : { account: lost.account },
    inputTokens: 0,
    outputTokens: 0,
    cacheReadInputTokens: 0,
    cacheWriteInputTokens: 0,
    costNanoUsd: lost.costNanoUsd,
    isPriced: true,
    attempts: 0,
    succeeded: false,
  };
}

const whole = (value: number) => (Number.isFinite(value) ? BigInt(Math.round(value)) : 0n);

function tagsOf(tags: Readonly<Record<string, string>>): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(tags).map(([name, value]) => [storable(name), storable(value)]),
    ),
  );
}
