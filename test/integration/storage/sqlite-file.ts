import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { UsageRecord } from "../../../server/core/ledger.ts";

/** What stands in the file of a store that is closed. */
export interface SqliteFile {
  readonly usage: readonly Pick<UsageRecord, "id" | "kind" | "costNanoUsd">[];
  /** What each account has spent, by its name. */
  readonly spent: ReadonlyMap<string, bigint>;
  /** The names of all accounts. */
  readonly accounts: readonly string[];
  /** The ids of calls that are under way. */
  readonly holds: readonly string[];
}

/** Reads it past the store, which gives sums alone. */
export function readSqliteFile(directory: string): SqliteFile {
  const database = new DatabaseSync(join(directory, "axonflow.db"));
  const all = (sql: string) => {
    const statement = database.prepare(sql);
    statement.setReadBigInts(true);
    return statement.all();
  };
  try {
    return {
      usage: all("SELECT id, kind, cost_nano_usd FROM usage").map((row) => ({
        id: String(row.id),
        kind: row.kind as UsageRecord["kind"],
        costNanoUsd: row.cost_nano_usd as bigint,
      })),
      spent: new Map(
        all(
          "SELECT name, sum(nano_usd) AS spent FROM account JOIN spent ON account_key = key GROUP BY name",
        ).map(({ name, spent }) => [String(name), spent as bigint]),
      ),
      accounts: all("SELECT name FROM account").map(({ name }) => String(name)),
      holds: all("SELECT id FROM hold").map(({ id }) => String(id)),
    };
  } finally {
    database.close();
  }
}
