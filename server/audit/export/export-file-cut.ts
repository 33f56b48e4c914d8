import type { StoredRecord, StoredSegment } from "../../core/audit-store.ts";
import { plainContent } from "../chain/plain-content.ts";
import { recordKinds } from "../chain/record-kinds.ts";

/** The segment that is being read: a copy that was cut off was cut off within it. */
export interface OpenSegment {
  readonly row: StoredSegment | undefined;
  readRecord(record: StoredRecord): void;
  readHead(head: { readonly lastSequence: number }): void;
  /** How far it can be checked if nothing more follows. */
  end(): SegmentEnd;
}

/** How far a segment can be checked that is not all there. */
export interface SegmentEnd {
  readonly segment: number;
  /** The last record that a head is over. */
  readonly lastSequence: number;
  /** The numbers of keys that records up to it name. */
  readonly keys: ReadonlySet<number>;
  /** Records after it: no root tells what they were. */
  readonly uncheckedRecords: number;
}

/** Heads stand after all records of their segment, so a segment of which none is there cannot be checked at all. */
export function openSegment(row?: StoredSegment): OpenSegment {
  const namedAt = new Map<number, number>();
  let lastSequence = (row?.firstSequence ?? 1) - 1;
  let lastRead = lastSequence;
  return {
    row,
    readRecord({ kind, sequence, bytes }) {
      lastRead = Math.max(lastRead, sequence);
      if (kind === recordKinds.key) namedAt.set(Number(plainContent(bytes)?.number), sequence);
    },
    readHead(head) {
      lastSequence = Math.max(lastSequence, head.lastSequence);
    },
    end() {
      const named = [...namedAt].filter(([, sequence]) => sequence <= lastSequence);
      const keys = new Set(named.map(([number]) => number));
      const segment = row?.number ?? 0;
      return {
        segment,
        lastSequence,
        keys,
        uncheckedRecords: Math.max(0, lastRead - lastSequence),
      };
    },
  };
}
