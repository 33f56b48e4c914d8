import type { Query } from "../database.ts";

/** What the database knows of a session when a report of it comes. */
export type SessionState =
  /** The report is new and the leases hold for another while. */
  | "alive"
  /** This very report has been applied before; only its answer was lost. */
  | "repeated"
  /** Others took it for dead; this is the truth that it tells late. */
  | "lost";

/** A gateway begins; doing it twice does no harm. */
export async function insertSession(query: Query, id: string, ttlMs: number): Promise<void> {
  await query(
    `INSERT INTO axonflow.session (id, expires_at)
     VALUES ($1, clock_timestamp() + $2::int * interval '1 millisecond') ON CONFLICT DO NOTHING`,
    [id, ttlMs],
  );
}

/** Makes all leases of the session hold for another `ttlMs`; false when others have taken it for dead. */
export async function renewSession(query: Query, id: string, ttlMs: number): Promise<boolean> {
  const rows = await query(
    `UPDATE axonflow.session SET expires_at = clock_timestamp() + $2::int * interval '1 millisecond'
     WHERE id = $1 AND lost_at IS NULL RETURNING 1`,
    [id, ttlMs],
  );
  return rows.length > 0;
}

/** Takes a report's number, locks the session, and renews it while it lives. */
export async function takeReport(
  query: Query,
  report: { readonly session: string; readonly number: bigint; readonly ttlMs: number },
): Promise<{ readonly state: SessionState; readonly isLost: boolean }> {
  const taken = await query<{ lost: boolean }>(
    `UPDATE axonflow.session SET report = $2,
       expires_at = CASE WHEN lost_at IS NULL
         THEN clock_timestamp() + $3::int * interval '1 millisecond' ELSE expires_at END
     WHERE id = $1 AND report < $2 RETURNING lost_at IS NOT NULL AS lost`,
    [report.session, report.number, report.ttlMs],
  );
  if (taken[0]) return { state: taken[0].lost ? "lost" : "alive", isLost: taken[0].lost };
  const [known] = await query<{ lost: boolean }>(
    "SELECT lost_at IS NOT NULL AS lost FROM axonflow.session WHERE id = $1 FOR UPDATE",
    [report.session],
  );
  if (known) return { state: "repeated", isLost: known.lost };
  // So long gone that it has been cleared away; what it spent is counted nevertheless.
  await query(
    "INSERT INTO axonflow.session (id, expires_at, report, lost_at) VALUES ($1, now(), $2, now())",
    [report.session, report.number],
  );
  return { state: "lost", isLost: true };
}
