import type { Database, Query } from "./database.ts";
import { PostgresRefused } from "./postgres-refused.ts";
import { schemaVersions } from "./schema.ts";

/** Any number that nobody else uses: gateways that start together take turns by it. */
const migrationLock = 7_305_112_049n;

/** Brings the schema `axonflow` to the newest version. Gateways may do it at once; an older gateway refuses a newer schema. */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (query) => {
    await query("SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = '60s'");
    await query("SELECT pg_advisory_xact_lock($1)", [migrationLock]);
    const version = await versionOf(query);
    refuseNewer(version);
    for (const statements of schemaVersions.slice(version)) await query(statements);
    if (version < schemaVersions.length) {
      await query("UPDATE axonflow.schema_version SET version = $1", [schemaVersions.length]);
    }
  });
}

/** For who only reads: refuses a schema of another version than this gateway's. */
export async function checkSchema({ query }: Pick<Database, "query">): Promise<void> {
  const [found] = await query<{ found: string | null }>(findVersion);
  const [row] = found?.found
    ? await query<{ version: number }>("SELECT version FROM axonflow.schema_version")
    : [];
  const version = row?.version ?? 0;
  refuseNewer(version);
  if (version < schemaVersions.length) {
    throw new PostgresRefused(
      `has schema version ${version}, and ${schemaVersions.length} is needed. Start a gateway of this version once; it brings the schema up to date.`,
    );
  }
}

function refuseNewer(version: number): void {
  if (version <= schemaVersions.length) return;
  throw new PostgresRefused(
    `has schema version ${version} of a newer gateway; this one knows up to ${schemaVersions.length}. ` +
      "Upgrade this gateway, or give it a database of its own.",
  );
}

const findVersion = "SELECT to_regclass('axonflow.schema_version')::text AS found";

async function versionOf(query: Query): Promise<number> {
  const [found] = await query<{ found: string | null }>(findVersion);
  if (!found?.found) {
    // An administrator may have made the schema for a user who may not.
    const [schema] = await query("SELECT 1 FROM pg_namespace WHERE nspname = 'axonflow'");
    if (!schema) await query("CREATE SCHEMA axonflow");
    await query(
      "CREATE TABLE axonflow.schema_version (version integer NOT NULL); INSERT INTO axonflow.schema_version VALUES (0)",
    );
  }
  const [row] = await query<{ version: number }>("SELECT version FROM axonflow.schema_version");
  return row?.version ?? 0;
}
