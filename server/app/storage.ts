import { ConfigurationError } from "../config/configuration-error.ts";
import type { Settings } from "../config/settings.ts";
import type { Clock } from "../core/clock.ts";
import type { Log } from "../core/log.ts";
import type { Storage } from "../core/storage.ts";
import { PostgresRefused } from "../storage/postgres/postgres-refused.ts";
import { openSqliteStorage } from "../storage/sqlite/open-sqlite-storage.ts";
import { SqliteRefused } from "../storage/sqlite/sqlite-refused.ts";

/** Opens what the settings say: one gateway's own file, or the PostgreSQL of many. Throws a ConfigurationError. */
export async function openStorage(settings: Settings, clock: Clock, log: Log): Promise<Storage> {
  const { databaseUrl: url, dataDirectory: directory, dataSync: synchronous } = settings;
  const { usageRetentionDays } = settings;
  try {
    if (url === undefined) {
      return await openSqliteStorage({ directory, clock, log, synchronous, usageRetentionDays });
    }
    // Its driver is loaded only where it is used.
    const { openPostgresStorage } = await import("../storage/postgres/open-postgres-storage.ts");
    return await openPostgresStorage({ url, clock, log, usageRetentionDays });
  } catch (error) {
    if (error instanceof SqliteRefused) {
      throw new ConfigurationError([`AXONFLOW_DATA_DIR: ${error.message}`]);
    }
    if (error instanceof PostgresRefused) {
      throw new ConfigurationError([`AXONFLOW_DATABASE_URL: ${error.message}`]);
    }
    throw error;
  }
}
