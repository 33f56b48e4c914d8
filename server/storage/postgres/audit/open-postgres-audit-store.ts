import type { AuditBatch, AuditStore } from "../../../core/audit-store.ts";
import type { Clock } from "../../../core/clock.ts";
import { connectFirst } from "../connect-first.ts";
import { createDatabase, type Database } from "../database.ts";
import { checkSchema } from "../migrate.ts";
import { appendBatch } from "./append-batch.ts";
import { exclusively } from "./exclusively.ts";
import { createPartitions } from "./partitions.ts";
import { createReadings } from "./readings.ts";
import { shred } from "./shred.ts";
import { sweep } from "./sweep.ts";
import { verifyReader, verifyWriter } from "./verify-connection.ts";
import { within } from "./within.ts";

export interface PostgresAuditStoreOptions {
  /** `postgres://user:password@host:port/database?sslmode=verify-full`. */
  readonly url: string;
  readonly clock: Clock;
  /** How long a batch may take. Default: two seconds. */
  readonly waitMs?: number | undefined;
  /** How long the start waits for a database that does not answer. Default: ten seconds. */
  readonly startWithinMs?: number | undefined;
  /** Only reads, on a standby too; what would change the log is refused. */
  readonly readOnly?: boolean | undefined;
}

/** Reading in a large log may take so long. */
const readWaitMs = 30_000;

/** The audit log of many gateways in one PostgreSQL. Rejects with `PostgresRefused` when it cannot be used. */
export async function openPostgresAuditStore(
  options: PostgresAuditStoreOptions,
): Promise<AuditStore> {
  const { url, clock, waitMs = 2000, startWithinMs = 10_000, readOnly = false } = options;
  // Two: while one waits for an answer that does not come, the other can try again.
  const writing = createDatabase(url, 2, {
    statement_timeout: waitMs,
    query_timeout: waitMs,
    verify: verifyWriter,
  });
  const reading = createDatabase(url, 2, {
    statement_timeout: readWaitMs,
    query_timeout: readWaitMs + 1000,
    verify: verifyReader,
  });
  const store = createStore({ ...options, readOnly, waitMs, writing, reading });
  const how = readOnly ? { database: reading, prepare: checkSchema } : { database: writing };
  try {
    await connectFirst({ ...how, url, withinMs: startWithinMs, clock });
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

interface StoreOptions extends PostgresAuditStoreOptions {
  readonly waitMs: number;
  readonly writing: Database;
  readonly reading: Database;
}

function createStore({ clock, readOnly, waitMs, writing, reading }: StoreOptions): AuditStore {
  const partitions = createPartitions(writing);
  const append = async (batch: AuditBatch) => {
    await partitions.ensure([batch.head, ...batch.records].map(({ epochMs }) => epochMs));
    try {
      await appendBatch(writing.query, batch);
    } catch (error) {
      // A month may have been taken out since, or the database be an older copy.
      partitions.forget();
      throw error;
    }
    partitions.prepare(batch.head.epochMs);
  };
  const writer = async <T>(work: () => Promise<T>) => {
    if (readOnly) throw new Error("The audit log was opened to be read only.");
    return await work();
  };
  return {
    ...createReadings(reading.query, clock),
    append: (batch) => writer(() => within(waitMs, clock, append(batch))),
    shred: (chain, segment, summary) => writer(() => shred(writing, chain, segment, summary)),
    exclusively: (work) => exclusively(writing, work),
    sweep: () => writer(() => sweep(writing, clock.epochMs())),
    async close() {
      await Promise.all([writing.close(), reading.close()]);
    },
  };
}
