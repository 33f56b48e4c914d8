import type { AuditStore } from "../../../core/audit-store.ts";
import type { Clock } from "../../../core/clock.ts";
import type { Query } from "../database.ts";
import { findRecords, withinAnswer } from "./find-records.ts";
import { lastHeads } from "./last-heads.ts";
import {
  type HeadRow,
  headOf,
  type KeyRow,
  keyOf,
  type RecordRow,
  recordOf,
  type SegmentRow,
  segmentOf,
} from "./stored-rows.ts";

/** The part of a store that reads. */
export type Readings = Omit<AuditStore, "append" | "shred" | "sweep" | "exclusively" | "close">;

/** Time never goes back within a chain, so older months are not looked into. */
const fromItsSegmentOn = (sequence: string) =>
  `epoch_ms >= coalesce((SELECT max(start_ms) FROM axonflow.audit_segment
     WHERE writer = $1 AND first_sequence <= ${sequence}), 0)`;

const records = withinAnswer(
  `SELECT * FROM axonflow.audit_record
   WHERE writer = $1 AND sequence >= $2 AND ${fromItsSegmentOn("$2")} ORDER BY sequence LIMIT $3`,
  "ORDER BY sequence",
);

/** Asks the database. */
export function createReadings(query: Query, clock: Clock): Readings {
  return {
    lastHeads: (limit) => lastHeads(query, limit, clock.epochMs()),
    async segments() {
      const rows = await query<SegmentRow>(
        `SELECT writer, number, first_sequence, start_ms, summary FROM axonflow.audit_segment
         ORDER BY writer, number`,
      );
      return rows.map(segmentOf);
    },
    async records(writer, fromSequence, limit) {
      return (await query<RecordRow>(records, [writer, fromSequence, limit])).map(recordOf);
    },
    async heads(writer, fromNumber, limit) {
      const rows = await query<HeadRow>(
        `SELECT * FROM axonflow.audit_head WHERE writer = $1 AND number >= $2 ORDER BY number LIMIT $3`,
        [writer, fromNumber, limit],
      );
      return rows.map(headOf);
    },
    async headOver(writer, sequence) {
      const [row] = await query<HeadRow>(
        `SELECT * FROM axonflow.audit_head WHERE writer = $1 AND last_sequence >= $2
         AND ${fromItsSegmentOn("$2")} ORDER BY last_sequence, number LIMIT 1`,
        [writer, sequence],
      );
      return row && headOf(row);
    },
    async keys(writer, segment) {
      const rows = await query<KeyRow>(
        "SELECT * FROM axonflow.audit_key WHERE writer = $1 AND segment = $2 ORDER BY number",
        [writer, segment],
      );
      return rows.map(keyOf);
    },
    find: (asked) => findRecords(query, asked),
  };
}
