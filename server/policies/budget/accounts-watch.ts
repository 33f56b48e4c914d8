import type { Clock } from "../../core/clock.ts";
import type { AccountState, Ledger } from "../../core/ledger.ts";

/** Keeps an eye on how far accounts are. */
export interface AccountsWatch {
  /** What was found at the last look. */
  readonly latest: readonly AccountState[];
  /** Something was spent: a look is worth while, within a second. */
  nudge(): void;
  /** Does not look any more. */
  close(): void;
}

export interface AccountsWatchOptions {
  readonly ledger: Pick<Ledger, "accounts">;
  readonly clock: Clock;
  /** At which shares of its limit an account is told of, in per cent. */
  readonly percentsOf: (account: string) => readonly number[];
  /** An account has reached a share: once in each window, and again when a rolling one had fallen below it. */
  readonly reached: (account: AccountState, percent: number) => void;
}

const lookAfterMs = 1000;

/** Looks at most once a second, and only while money is spent. */
export function createAccountsWatch(options: AccountsWatchOptions): AccountsWatch {
  const { ledger, clock } = options;
  let latest: readonly AccountState[] = [];
  let disarm: (() => void) | undefined;
  let isClosed = false;
  let told = new Set<string>();

  const look = async () => {
    try {
      const found = await ledger.accounts();
      if (isClosed) return;
      latest = found;
      const reached = found.flatMap((account) => reachedBy(account, options));
      const fresh = reached.filter(({ mark }) => !told.has(mark));
      told = new Set(reached.map(({ mark }) => mark));
      for (const { account, percent } of fresh) options.reached(account, percent);
    } catch {
      // The ledger says so itself to whoever needs it; the next look may find it again.
    } finally {
      disarm = undefined;
    }
  };
  return {
    get latest() {
      return latest;
    },
    nudge() {
      if (!isClosed) disarm ??= clock.after(lookAfterMs, () => void look());
    },
    close() {
      isClosed = true;
      disarm?.();
    },
  };
}

interface Reached {
  readonly account: AccountState;
  readonly percent: number;
  /** The same as long as it should not be told again. */
  readonly mark: string;
}

function reachedBy(account: AccountState, { percentsOf }: AccountsWatchOptions): Reached[] {
  const { name, window, spentNanoUsd, limitNanoUsd } = account;
  const start = window.kind === "calendar" ? window.startEpochMs : "rolling";
  return percentsOf(name)
    .filter((percent) => spentNanoUsd * 100n >= limitNanoUsd * BigInt(Math.round(percent)))
    .map((percent) => ({ account, percent, mark: `${name} ${start} ${percent}` }));
}
