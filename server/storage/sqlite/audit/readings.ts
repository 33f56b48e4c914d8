import type {
  AuditStore,
  StoredHead,
  StoredRecord,
  WrappedKey,
} from "../../../core/audit-store.ts";
import type { AskedThread } from "../asked-thread.ts";
import { type PackedRows, unpackRows } from "./packed-rows.ts";
import type { ReaderQuestion, SegmentRow } from "./questions.ts";

/** The part of a store that reads. */
export type Readings = Omit<AuditStore, "append" | "shred" | "sweep" | "exclusively" | "close">;

/** Asks the thread that reads. */
export function createReadings(thread: AskedThread<ReaderQuestion>): Readings {
  const rows = async <Row extends { readonly bytes: Buffer }>(question: ReaderQuestion) =>
    unpackRows<Row>(await thread.ask<PackedRows>(question));
  return {
    lastHeads: (limit) => rows<StoredHead>({ kind: "last-heads", limit }),
    async segments() {
      const found = await thread.ask<readonly SegmentRow[]>({ kind: "segments" });
      return found.map(({ summary, ...row }) =>
        summary ? { ...row, summary: Buffer.from(summary) } : row,
      );
    },
    records: (writer, from, limit) => rows<StoredRecord>({ kind: "records", writer, from, limit }),
    heads: (writer, from, limit) => rows<StoredHead>({ kind: "heads", writer, from, limit }),
    async headOver(writer, sequence) {
      const [head] = await rows<StoredHead>({ kind: "head-over", writer, sequence });
      return head;
    },
    keys: (writer, segment) => rows<WrappedKey>({ kind: "keys", writer, segment }),
    find: (query) => rows<StoredRecord>({ kind: "find", query }),
  };
}
