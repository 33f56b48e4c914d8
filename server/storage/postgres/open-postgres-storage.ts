import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { Storage } from "../../core/storage.ts";
import { answersChannel, createPostgresSharedAnswers } from "./answers/postgres-shared-answers.ts";
import { sharedSecret } from "./answers/shared-secret.ts";
import { connectFirst } from "./connect-first.ts";
import { createDatabase } from "./database.ts";
import { createPostgresKeyStore, keysChannel } from "./keys/postgres-key-store.ts";
import { ledgerChannel } from "./ledger/messages.ts";
import { createPostgresLedger } from "./ledger/postgres-ledger.ts";
import { createListener } from "./listener.ts";
import { createPostgresSharedRates } from "./rates/postgres-shared-rates.ts";

export interface PostgresStorageOptions {
  /** `postgres://user:password@host:port/database?sslmode=verify-full`. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a gateway's leases hold after it was last heard of. Default: ten seconds. */
  readonly leaseTtlMs?: number | undefined;
  /** How long a call may wait for the database. Default: three seconds. */
  readonly waitMs?: number | undefined;
  /** The most usage records that wait for the database. Default: 50,000. */
  readonly maxUnreported?: number | undefined;
  /** How long usage records are kept. Default: 400 days. */
  readonly usageRetentionDays?: number | undefined;
  /** How long the start waits for a database that does not answer. Default: ten seconds. */
  readonly startWithinMs?: number | undefined;
}

/** Without an answer for half a second gateways go by their share of a rate; a late answer is worth nothing. */
const pacingTimeouts = { statement_timeout: 1000, query_timeout: 1500 };

/** Budgets and keys of many gateways in one PostgreSQL. Rejects with `PostgresRefused` when it cannot be used. */
export async function openPostgresStorage(options: PostgresStorageOptions): Promise<Storage> {
  const { url, clock, log, startWithinMs = 10_000 } = options;
  const database = createDatabase(url, 2);
  // Reports may be slow; leases must not wait for them.
  const reading = createDatabase(url, 3);
  // Calls wait for rates, which wait for nobody.
  const pacing = createDatabase(url, 1, pacingTimeouts);
  const end = () => Promise.all([database.close(), reading.close(), pacing.close()]);
  try {
    await connectFirst({ database, url, withinMs: startWithinMs, clock });
    const ledger = createPostgresLedger({
      database,
      reading,
      clock,
      log,
      leaseTtlMs: options.leaseTtlMs ?? 10_000,
      waitMs: options.waitMs ?? 3000,
      usageRetentionDays: options.usageRetentionDays ?? 400,
      maxUnreported: options.maxUnreported ?? 50_000,
    });
    await ledger.open();
    const keys = createPostgresKeyStore({ database: reading, clock });
    await keys.open();
    const answers = createPostgresSharedAnswers({ query: reading.query, clock, log });
    const rates = createPostgresSharedRates({ database: pacing, clock, log });
    const shared = { answers, rates, secret: await sharedSecret(reading.query) };
    const listener = createListener({
      url,
      clock,
      channels: {
        [ledgerChannel]: ledger.hear,
        [keysChannel]: keys.hear,
        [answersChannel]: answers.hear,
      },
    });
    return {
      ledger,
      keys,
      shared,
      async close() {
        answers.close();
        rates.close();
        await ledger.close();
        await keys.close();
        await listener.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}
