import type { Query } from "../database.ts";

/** Accounts whose other gateways asked this one for what it holds idle, and to whom it has not answered yet. */
export async function recallsFor(query: Query, session: string): Promise<readonly string[]> {
  const rows = await query<{ key: string }>(
    `SELECT a.key FROM axonflow.lease l JOIN axonflow.account a ON a.id = l.account_id
     WHERE l.session_id = $1 AND l.answered < a.recall AND a.scarce_until > clock_timestamp()`,
    [session],
  );
  return rows.map(({ key }) => key);
}
