import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { UsageDimension, UsageQuery, UsageSum } from "../../../core/ledger.ts";

/** Adds records up. */
export function readUsage(database: DatabaseSync, query: UsageQuery): readonly UsageSum[] {
  const values: SQLInputValue[] = [];
  const groups = query.by.map((dimension) => expressionOf(dimension, values));
  const names = groups.map((_, at) => `g${at}`);
  const columns = groups.map((group, at) => `${group} AS g${at}, `).join("");
  const conditions = conditionsOf(query, values);
  const times = names.filter((_, at) => isTime(query.by[at]));
  const statement = database.prepare(
    `SELECT ${columns}count(*) AS calls, ${sums} FROM usage WHERE ${conditions.join(" AND ")}
     ${names.length > 0 ? `GROUP BY ${names.join(", ")}` : "HAVING count(*) > 0"}
     ORDER BY ${[...times, "cost DESC", ...names].join(", ")} LIMIT ?`,
  );
  statement.setReadBigInts(true);
  return statement.all(...values, query.limit).map((row) => ({
    values: names.map((name) => String(row[name])),
    calls: row.calls as bigint,
    inputTokens: row.input as bigint,
    outputTokens: row.output as bigint,
    cacheReadInputTokens: row.cache_read as bigint,
    cacheWriteInputTokens: row.cache_write as bigint,
    costNanoUsd: row.cost as bigint,
  }));
}

const sums = Object.entries({
  input: "input_tokens",
  output: "output_tokens",
  cache_read: "cache_read_input_tokens",
  cache_write: "cache_write_input_tokens",
  cost: "cost_nano_usd",
})
  .map(([name, column]) => `sum(${column}) AS ${name}`)
  .join(", ");

function isTime(dimension: UsageDimension | undefined): boolean {
  return dimension === "hour" || dimension === "day";
}

/** Columns bear the dimensions' own names. */
function expressionOf(dimension: UsageDimension, values: SQLInputValue[]): string {
  if (typeof dimension === "object") {
    values.push(tagPath(dimension.tag));
    return "coalesce(json_extract(tags, ?), '')";
  }
  if (dimension === "hour") return "strftime('%Y-%m-%dT%H:00:00Z', epoch_ms / 1000, 'unixepoch')";
  if (dimension === "day") return "strftime('%Y-%m-%d', epoch_ms / 1000, 'unixepoch')";
  return dimension;
}

function conditionsOf(
  { fromEpochMs, toEpochMs, where }: UsageQuery,
  values: SQLInputValue[],
): string[] {
  values.push(Math.round(fromEpochMs), Math.round(toEpochMs));
  const conditions = ["epoch_ms >= ?", "epoch_ms < ?"];
  for (const column of ["key", "tenant", "provider", "model"] as const) {
    const wanted = where[column];
    if (wanted === undefined) continue;
    conditions.push(`${column} = ?`);
    values.push(wanted);
  }
  for (const [tag, wanted] of Object.entries(where.tags ?? {})) {
    conditions.push("json_extract(tags, ?) = ?");
    values.push(tagPath(tag), wanted);
  }
  return conditions;
}

/** The contract's tags have no quotation marks; JSON takes any all the same. */
function tagPath(tag: string): string {
  return `$.${JSON.stringify(tag)}`;
}
