import type { StoredHead } from "../../../core/audit-store.ts";
import type { Query } from "../database.ts";
import { monthOf } from "./months.ts";
import { type HeadRow, headOf } from "./stored-rows.ts";

/** From one chain to the next, as the primary key has them, and the last head of each. */
const statement = `
  WITH RECURSIVE chain (writer) AS (
    (SELECT writer FROM axonflow.audit_head WHERE epoch_ms >= $1 ORDER BY writer LIMIT 1)
    UNION ALL
    SELECT (SELECT head.writer FROM axonflow.audit_head AS head
            WHERE head.writer > chain.writer AND epoch_ms >= $1 ORDER BY head.writer LIMIT 1)
    FROM chain WHERE chain.writer IS NOT NULL
  )
  SELECT head.* FROM chain CROSS JOIN LATERAL (
    SELECT * FROM axonflow.audit_head WHERE writer = chain.writer AND epoch_ms >= $1
    ORDER BY number DESC LIMIT 1
  ) AS head
  ORDER BY epoch_ms DESC, writer DESC LIMIT $2`;

/**
 * The last head of each chain, the one that was written last first. The last two months are enough when they have so many
 * chains; the older ones are many tables.
 */
export async function lastHeads(query: Query, limit: number, nowMs: number): Promise<StoredHead[]> {
  const lastMonth = monthOf(monthOf(nowMs).startMs - 1).startMs;
  const recent = await query<HeadRow>(statement, [lastMonth, limit]);
  const rows = recent.length >= limit ? recent : await query<HeadRow>(statement, [0, limit]);
  return rows.map(headOf);
}
