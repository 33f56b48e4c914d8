import type { UsageDimension, UsageQuery, UsageSum } from "../../../core/ledger.ts";
import type { Database } from "../database.ts";
import { storable } from "../storable.ts";

interface Row {
  readonly values: readonly string[];
  readonly calls: bigint;
  readonly input: bigint;
  readonly output: bigint;
  readonly cache_read: bigint;
  readonly cache_write: bigint;
  readonly cost: bigint;
}

/** Adds records up. */
export async function readUsage(
  { query }: Database,
  wanted: UsageQuery,
): Promise<readonly UsageSum[]> {
  const values: unknown[] = [];
  const value = (of: unknown) => `$${values.push(of)}`;
  const conditions = conditionsOf(wanted, value);
  const groups = wanted.by.map((dimension) => expressionOf(dimension, value));
  const isOverTime = wanted.by.some((dimension) => dimension === "hour" || dimension === "day");
  const names = groups.map((_, at) => `g${at}`);
  const times = names.filter((_, at) => wanted.by[at] === "hour" || wanted.by[at] === "day");
  const order = [...(isOverTime ? times : []), "cost DESC", ...names].join(", ");
  const rows = await query<Row>(
    `SELECT ARRAY[${names.join(", ")}]::text[] AS "values", count(*) AS calls, ${sums}
     FROM (SELECT *${groups.map((group, at) => `, ${group} AS g${at}`).join("")} FROM axonflow.usage
           WHERE ${conditions.join(" AND ")}) AS records
     ${names.length > 0 ? `GROUP BY ${names.join(", ")}` : "HAVING count(*) > 0"}
     ORDER BY ${order} LIMIT ${value(wanted.limit)}`,
    values,
  );
  return rows.map((row) => ({
    values: row.values,
    calls: row.calls,
    inputTokens: row.input,
    outputTokens: row.output,
    cacheReadInputTokens: row.cache_read,
    cacheWriteInputTokens: row.cache_write,
    costNanoUsd: row.cost,
  }));
}

const sums = Object.entries({
  input: "input_tokens",
  output: "output_tokens",
  cache_read: "cache_read_input_tokens",
  cache_write: "cache_write_input_tokens",
  cost: "cost_nano_usd",
})
  .map(([name, column]) => `sum(${column})::bigint AS ${name}`)
  .join(", ");

/** Puts a value beside the statement and gives its place in it. */
type Place = (value: unknown) => string;

function conditionsOf({ fromEpochMs, toEpochMs, where }: UsageQuery, value: Place): string[] {
  const { tags, ...columns } = where;
  const exact = (["key", "tenant", "provider", "model"] as const).flatMap((column) => {
    const wanted = columns[column];
    return wanted === undefined ? [] : [`${column} = ${value(storable(wanted))}`];
  });
  const tagged =
    tags === undefined || Object.keys(tags).length === 0
      ? []
      : [`tags @> ${value(storable(JSON.stringify(tags)))}::jsonb`];
  return [
    `epoch_ms >= ${value(BigInt(Math.round(fromEpochMs)))}`,
    `epoch_ms < ${value(BigInt(Math.round(toEpochMs)))}`,
    ...exact,
    ...tagged,
  ];
}

const timeFormats = {
  hour: 'YYYY-MM-DD"T"HH24:00:00"Z"',
  day: "YYYY-MM-DD",
};

function expressionOf(dimension: UsageDimension, value: Place): string {
  if (typeof dimension === "object")
    return `coalesce(tags ->> ${value(storable(dimension.tag))}, '')`;
  if (dimension !== "hour" && dimension !== "day") return dimension;
  const time = "to_timestamp(epoch_ms / 1000) AT TIME ZONE 'UTC'";
  return `to_char(${time}, '${timeFormats[dimension]}')`;
}
