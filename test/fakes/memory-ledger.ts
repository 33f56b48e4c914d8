import type {
  AccountState,
  Hold,
  Ledger,
  LedgerAccount,
  NoRoom,
  ReservationRequest,
  UsageRecord,
} from "../../server/core/ledger.ts";

/** A ledger in memory, without durability, expiry or rolling windows: for tests of those who use one. */
export interface MemoryLedger extends Ledger {
  readonly records: readonly UsageRecord[];
  /** Holds that are neither settled nor released. */
  readonly open: number;
  /** What happened to holds, in order: `start`, `extend`, `settle`, `release`, and `settle again` where one was over. */
  readonly steps: readonly string[];
  /** From now on rejects with this: everything, or only that holds are started. */
  failWith(error: unknown, what?: "start"): void;
  spent(account: string): bigint;
}

interface Count {
  account: LedgerAccount;
  spentNanoUsd: bigint;
  reservedNanoUsd: bigint;
}

/** Begins empty. */
export function createMemoryLedger(): MemoryLedger {
  const counts = new Map<string, Count>();
  const records: UsageRecord[] = [];
  const steps: string[] = [];
  let open = 0;
  let failure: unknown;
  let startFailure: unknown;

  const countOf = (account: LedgerAccount): Count => {
    const { window } = account;
    const key =
      window.kind === "calendar" ? `${account.name}@${window.startEpochMs}` : account.name;
    const count = counts.get(key) ?? { account, spentNanoUsd: 0n, reservedNanoUsd: 0n };
    counts.set(key, count);
    count.account = account;
    return count;
  };
  const leftOf = ({ account, spentNanoUsd, reservedNanoUsd }: Count) =>
    account.limitNanoUsd - spentNanoUsd - reservedNanoUsd;
  const answer = async <T>(value: () => T): Promise<T> => {
    await Promise.resolve();
    if (failure) throw failure;
    return value();
  };

  const noRoom = ({ account, spentNanoUsd, reservedNanoUsd }: Count): NoRoom => {
    const { window } = account;
    const retryEpochMs = window.kind === "calendar" ? window.endEpochMs : window.lengthMs;
    return { kind: "no-room", account, spentNanoUsd, reservedNanoUsd, retryEpochMs };
  };

  const hold = (mine: readonly Count[], grantedNanoUsd: bigint): Hold => {
    let held = grantedNanoUsd;
    let isOver = false;
    open++;
    for (const count of mine) count.reservedNanoUsd += held;
    const end = (step: string, chargedNanoUsd: bigint) => {
      if (isOver) return void steps.push(`${step} again`);
      isOver = true;
      open--;
      steps.push(step);
      for (const count of mine) {
        count.reservedNanoUsd -= held;
        count.spentNanoUsd += chargedNanoUsd;
      }
    };
    return {
      kind: "hold",
      grantedNanoUsd,
      extend: (nanoUsd) =>
        answer(() => {
          steps.push("extend");
          const fits = mine.every((count) => !count.account.enforced || leftOf(count) >= nanoUsd);
          if (fits) {
            held += nanoUsd;
            for (const count of mine) count.reservedNanoUsd += nanoUsd;
          }
          return fits;
        }),
      start: () =>
        answer(() => {
          if (startFailure) throw startFailure;
          steps.push("start");
        }),
      settle(record) {
        if (!isOver) records.push(record);
        end("settle", record.costNanoUsd);
      },
      release: () => end("release", 0n),
    };
  };

  return {
    records,
    steps,
    get open() {
      return open;
    },
    failWith(error, what) {
      if (what === "start") startFailure = error;
      else failure = error;
    },
    spent: (name) =>
      [...counts.values()]
        .filter(({ account }) => account.name === name)
        .reduce((sum, { spentNanoUsd }) => sum + spentNanoUsd, 0n),
    reserve: ({ accounts, worstNanoUsd, leastNanoUsd }: ReservationRequest) =>
      answer(() => {
        const mine = accounts.map(countOf);
        const enforced = mine.filter(({ account }) => account.enforced);
        const full = enforced.find((count) => leftOf(count) < leastNanoUsd);
        if (full) return noRoom(full);
        let granted = worstNanoUsd;
        for (const left of enforced.map(leftOf)) if (left < granted) granted = left;
        return hold(mine, granted);
      }),
    accounts: () =>
      answer(() =>
        [...counts.values()]
          .map(
            ({ account, spentNanoUsd, reservedNanoUsd }): AccountState => ({
              name: account.name,
              window: account.window,
              limitNanoUsd: account.limitNanoUsd,
              spentNanoUsd,
              reservedNanoUsd,
            }),
          )
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      ),
    usage: () => answer(() => []),
    async close() {},
  };
}
