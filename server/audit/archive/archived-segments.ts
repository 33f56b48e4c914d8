import type { AuditPosition, AuditStore } from "../../core/audit-store.ts";
import { plainContent } from "../chain/plain-content.ts";
import { recordKinds } from "../chain/record-kinds.ts";
import type { ClosedSegment } from "../segments/closed-segments.ts";

/** What the log itself says of a segment's copy. */
export interface ArchivedSegment {
  readonly writer: string;
  readonly segment: number;
  /** Up to here it was copied. */
  readonly lastSequence: number;
  /** How many objects it is, one after the other. */
  readonly parts: number;
  /** The SHA-256 over all of them, in hex. */
  readonly sha256: string;
  /** What the objects' addresses begin with. */
  readonly address: string;
}

/** Which segments have a copy. */
export interface ArchivedSegments {
  /** The address of a segment's copy; undefined where there is none of all of it. */
  find(segment: ClosedSegment): string | undefined;
}

const atOnce = 500;

/** Reads it from the log: whatever gateway made a copy has put it on record. */
export async function readArchivedSegments(
  store: Pick<AuditStore, "find">,
): Promise<ArchivedSegments> {
  const found = new Map<string, string>();
  const query = { fromEpochMs: 0, toEpochMs: Number.MAX_SAFE_INTEGER, limit: atOnce };
  let after: AuditPosition | undefined;
  for (;;) {
    const records = await store.find({ ...query, kinds: [recordKinds.archive], after });
    for (const record of records) {
      const { writer, segment, lastSequence, address } = plainContent(record.bytes) ?? {};
      found.set(`${writer}/${segment}/${lastSequence}`, String(address));
    }
    after = records.at(-1);
    if (!after) break;
  }
  return {
    find: ({ row, lastSequence }) => found.get(`${row.writer}/${row.number}/${lastSequence}`),
  };
}
