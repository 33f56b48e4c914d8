import type { AuditBatch, SegmentStart } from "../../../core/audit-store.ts";
import { joinBytes } from "./packed-rows.ts";

/** A batch as it crosses to the thread that writes. */
export interface PackedBatch {
  /** JSON of `BatchRows`. */
  readonly text: string;
  /** Of the head, the keys and the records, one after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A batch without its bytes; the last number of each row is how many they are. */
export interface BatchRows {
  readonly writer: string;
  readonly begins?: SegmentStart | undefined;
  readonly head: readonly [
    number: number,
    segment: number,
    lastSequence: number,
    epochMs: number,
    length: number,
  ];
  readonly keys: readonly (readonly [segment: number, number: number, length: number])[];
  readonly records: readonly (readonly [
    sequence: number,
    segment: number,
    epochMs: number,
    kind: number,
    requestId: string,
    length: number,
  ])[];
}

/** Rows as lists: their members' names would be half of the text. */
export function packBatch({ writer, begins, keys, records, head }: AuditBatch): PackedBatch {
  const rows: BatchRows = {
    writer,
    begins,
    head: [head.number, head.segment, head.lastSequence, head.epochMs, head.bytes.length],
    keys: keys.map(({ segment, number, bytes }) => [segment, number, bytes.length]),
    records: records.map(({ sequence, segment, epochMs, kind, requestId, bytes }) => [
      sequence,
      segment,
      epochMs,
      kind,
      requestId,
      bytes.length,
    ]),
  };
  const parts = [head, ...keys, ...records].map(({ bytes }) => bytes);
  return { text: JSON.stringify(rows), bytes: joinBytes(parts) };
}
