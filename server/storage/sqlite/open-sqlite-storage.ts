import { join } from "node:path";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { Storage } from "../../core/storage.ts";
import { openBatchWriter } from "./batch-writer.ts";
import { createSqliteKeyStore } from "./keys/sqlite-key-store.ts";
import { createSqliteLedger } from "./ledger/sqlite-ledger.ts";
import { makeDirectory } from "./make-directory.ts";
import { pruneDaily } from "./prune-daily.ts";
import { createUsageReader } from "./usage-reader.ts";

export interface SqliteStorageOptions {
  /** The directory that the file is in; made when it is not there. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Default: every transaction waits for the disk. */
  readonly synchronous?: "full" | "normal" | undefined;
  /** How long a call may wait for the disk. Default: two seconds. */
  readonly waitMs?: number | undefined;
  /** The most usage records that wait to be written. Default: 50,000. */
  readonly mostWaiting?: number | undefined;
  /** How long usage records are kept. Default: 400 days. */
  readonly usageRetentionDays?: number | undefined;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Budgets and keys of one gateway in one file. Rejects with `SqliteRefused` when it cannot be used. */
export async function openSqliteStorage(options: SqliteStorageOptions): Promise<Storage> {
  const { directory, clock, log, synchronous = "full", waitMs = 2000 } = options;
  const { mostWaiting = 50_000, usageRetentionDays = 400 } = options;
  makeDirectory(directory);
  const path = join(directory, "axonflow.db");
  const writer = await openBatchWriter({
    path,
    synchronous,
    nowMs: Math.round(clock.epochMs()),
    clock,
    log,
    waitMs,
  });
  const reader = createUsageReader(path, clock);
  const ledger = createSqliteLedger({ writer, reader, clock, mostWaiting });
  const keys = createSqliteKeyStore(writer, clock);
  const stopPruning = pruneDaily(writer, clock, usageRetentionDays * dayMs);
  return {
    ledger,
    keys,
    async close() {
      stopPruning();
      await ledger.close();
      await keys.close();
      await reader.close();
      await writer.close();
    },
  };
}
