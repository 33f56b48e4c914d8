import type { AuditQuery, StoredSegment } from "../../../core/audit-store.ts";
import type { PackedBatch } from "./packed-batch.ts";

/** What the thread that writes is asked. */
export type WriterQuestion =
  /** Answers nothing, as soon as the file is open. */
  | { readonly kind: "open" }
  | { readonly kind: "append"; readonly batch: PackedBatch }
  | {
      readonly kind: "shred";
      readonly writer: string;
      readonly segment: number;
      readonly summary: Uint8Array;
    }
  /** Answers whether there is more. */
  | { readonly kind: "sweep" };

/** What the thread that reads is asked; it answers with packed rows, but for segments. */
export type ReaderQuestion =
  | { readonly kind: "open" }
  | { readonly kind: "last-heads"; readonly limit: number }
  | { readonly kind: "segments" }
  | {
      readonly kind: "records";
      readonly writer: string;
      readonly from: number;
      readonly limit: number;
    }
  | {
      readonly kind: "heads";
      readonly writer: string;
      readonly from: number;
      readonly limit: number;
    }
  | { readonly kind: "head-over"; readonly writer: string; readonly sequence: number }
  | { readonly kind: "keys"; readonly writer: string; readonly segment: number }
  | { readonly kind: "find"; readonly query: AuditQuery };

/** A segment as it crosses threads, where a Buffer becomes plain bytes. */
export type SegmentRow = Omit<StoredSegment, "summary"> & {
  readonly summary?: Uint8Array | undefined;
};
