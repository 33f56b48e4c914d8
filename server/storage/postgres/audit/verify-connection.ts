import type { PoolClient } from "pg";

/** A commit is on the disk, and on synchronous standbys where there are any, before it is answered. */
const statement = `
  SELECT pg_is_in_recovery() AS is_standby,
    set_config('synchronous_commit', CASE current_setting('synchronous_commit')
      WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false)`;

/** Looks at each new connection before anything is written over it; a standby is asked again later, when it may be none. */
export function verifyWriter(client: PoolClient, done: (error?: Error) => void): void {
  client
    .query<{ is_standby: boolean }>(statement)
    .then(({ rows: [row] }) => (row?.is_standby ? done(standby()) : done()), done);
}

/** Who reads the log changes nothing, whatever is sent. */
export function verifyReader(client: PoolClient, done: (error?: Error) => void): void {
  client.query("SET default_transaction_read_only = on").then(() => done(), done);
}

/** With the code that PostgreSQL gives to what a standby refuses. */
function standby(): Error {
  return Object.assign(new Error("The database is a standby, which only reads."), {
    code: "25006",
  });
}
