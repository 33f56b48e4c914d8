import type {
  StoredHead,
  StoredRecord,
  StoredSegment,
  WrappedKey,
} from "../../../core/audit-store.ts";

/** Rows as the tables have them; 64-bit integers come as bigint. */
export interface RecordRow {
  readonly writer: string;
  readonly sequence: bigint;
  readonly segment: bigint;
  readonly epoch_ms: bigint;
  readonly kind: number;
  readonly request: string | null;
  readonly bytes: Buffer;
}

export interface HeadRow {
  readonly writer: string;
  readonly number: bigint;
  readonly segment: bigint;
  readonly last_sequence: bigint;
  readonly epoch_ms: bigint;
  readonly bytes: Buffer;
}

export interface SegmentRow {
  readonly writer: string;
  readonly number: bigint;
  readonly first_sequence: bigint;
  readonly start_ms: bigint;
  readonly summary: Buffer | null;
}

export interface KeyRow {
  readonly writer: string;
  readonly segment: bigint;
  readonly number: bigint;
  readonly bytes: Buffer;
}

export function recordOf(row: RecordRow): StoredRecord {
  return {
    writer: row.writer,
    sequence: Number(row.sequence),
    segment: Number(row.segment),
    epochMs: Number(row.epoch_ms),
    kind: row.kind,
    requestId: row.request ?? "",
    bytes: row.bytes,
  };
}

export function headOf(row: HeadRow): StoredHead {
  return {
    writer: row.writer,
    number: Number(row.number),
    segment: Number(row.segment),
    lastSequence: Number(row.last_sequence),
    epochMs: Number(row.epoch_ms),
    bytes: row.bytes,
  };
}

export function segmentOf(row: SegmentRow): StoredSegment {
  return {
    writer: row.writer,
    number: Number(row.number),
    firstSequence: Number(row.first_sequence),
    startEpochMs: Number(row.start_ms),
    ...(row.summary && { summary: row.summary }),
  };
}

export function keyOf(row: KeyRow): WrappedKey {
  return {
    writer: row.writer,
    segment: Number(row.segment),
    number: Number(row.number),
    bytes: row.bytes,
  };
}
