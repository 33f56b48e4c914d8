import type { LedgerAccount } from "../../../core/ledger.ts";
import type { Database } from "../database.ts";
import { insertAccounts } from "./account-rows.ts";

/** The most ids that are remembered. */
const most = 50_000;

/** The rows' ids by the accounts' keys: looked up, or made, once. */
export class AccountIds {
  readonly #database: Database;
  readonly #ids = new Map<string, bigint>();

  constructor(database: Database) {
    this.#database = database;
  }

  async of(
    accounts: ReadonlyMap<string, LedgerAccount>,
    nowMs: number,
  ): Promise<ReadonlyMap<string, bigint>> {
    if (this.#ids.size + accounts.size > most) this.forget();
    const unknown = new Map([...accounts].filter(([key]) => !this.#ids.has(key)));
    if (unknown.size > 0) {
      const found = await insertAccounts(this.#database.query, unknown, nowMs);
      for (const [key, id] of found) this.#ids.set(key, id);
    }
    return new Map([...accounts.keys()].flatMap((key) => entryOf(key, this.#ids.get(key))));
  }

  /** Rows may have been cleared away: everything is looked up anew. */
  forget(): void {
    this.#ids.clear();
  }
}

function entryOf(key: string, id: bigint | undefined): [string, bigint][] {
  return id === undefined ? [] : [[key, id]];
}
