import type { Clock } from "../../core/clock.ts";
import type { UsageQuery, UsageSum } from "../../core/ledger.ts";
import { createAskedThread } from "./asked-thread.ts";
import { ledgerUnavailable } from "./ledger-unavailable.ts";

/** Adds usage records up, in a thread of its own: money does not wait for reports. */
export interface UsageReader {
  /** Sums over what the file has. Rejects with LEDGER_UNAVAILABLE when it cannot be read, or takes too long. */
  read(query: UsageQuery): Promise<readonly UsageSum[]>;
  close(): Promise<void>;
}

/** Who has waited ten seconds is refused; the thread comes to its end of it all the same. */
export function createUsageReader(path: string, clock: Clock): UsageReader {
  const thread = createAskedThread<UsageQuery>({
    main: new URL("./thread/usage-main.ts", import.meta.url),
    name: "axonflow-usage",
    workerData: path,
    clock,
    waitMs: 10_000,
    mostWaiting: 100,
    endsInOrder: false,
  });
  return {
    read: (query) =>
      thread.ask<readonly UsageSum[]>(query).catch((error) => {
        throw ledgerUnavailable(error);
      }),
    close: thread.close,
  };
}
