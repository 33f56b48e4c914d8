import type { AccountState, LedgerAccount } from "../../../core/ledger.ts";
import type { BatchWriter } from "../batch-writer.ts";
import type { Found } from "../thread/operation.ts";
import { AccountCount, accountKey } from "./account-count.ts";

/** An account within one reservation. */
export interface Entry {
  readonly account: LedgerAccount;
  readonly count: AccountCount;
}

/** All accounts that count, by their keys. */
export interface AccountBook {
  /** Those of a reservation; two of one name and window are one, with the lower limit that holds. */
  entriesOf(accounts: readonly LedgerAccount[]): readonly Entry[];
  find(key: string): AccountCount | undefined;
  states(epochMs: number): readonly AccountState[];
}

/** Begins with what was found. Accounts that are new, or whose limit changed, are written down. */
export function createAccountBook(found: Found, writer: BatchWriter): AccountBook {
  const counts = new Map(found.accounts.map((row) => [row.key, AccountCount.of(row)]));
  for (const { accountKey: key, step, nanoUsd } of found.spent) {
    counts.get(key)?.restore(step, nanoUsd);
  }

  const countOf = (account: LedgerAccount): AccountCount => {
    const key = accountKey(account.name, account.window);
    const known = counts.get(key);
    if (known?.limitNanoUsd === account.limitNanoUsd) return known;
    const count = known ?? new AccountCount(account);
    count.limitNanoUsd = account.limitNanoUsd;
    counts.set(key, count);
    writer.keep({ kind: "account", row: count.row });
    return count;
  };

  return {
    entriesOf(accounts) {
      const entries = new Map<AccountCount, Entry>();
      for (const account of accounts) {
        const count = countOf(account);
        const known = entries.get(count);
        if (!known || isStricter(account, known.account)) entries.set(count, { account, count });
      }
      return [...entries.values()];
    },
    find: (key) => counts.get(key),
    states(epochMs) {
      for (const [key, count] of counts) {
        if (!count.isOver(epochMs)) continue;
        counts.delete(key);
        writer.keep({ kind: "drop-account", key });
      }
      const states = [...counts.values()].map((count) => count.state(epochMs));
      return states.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
    },
  };
}

function isStricter(one: LedgerAccount, other: LedgerAccount): boolean {
  if (one.enforced !== other.enforced) return one.enforced;
  return one.limitNanoUsd < other.limitNanoUsd;
}
