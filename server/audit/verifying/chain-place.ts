import type { StoredHead, StoredRecord } from "../../core/audit-store.ts";
import type { Rows } from "./record-pages.ts";

/** How far a chain has been followed. */
export interface ChainPlace {
  readonly writer: string;
  nextSequence: number;
  nextHead: number;
  /** The last head that nothing is there of: its segment was taken out, or is not in this copy. */
  readonly beforeHead: number;
  /** Of the last head. */
  headHash: Buffer;
  readonly records: Rows<StoredRecord>;
  readonly heads: Rows<StoredHead>;
  /** Records that no checkpoint has signed yet, checkpoints aside. */
  unsigned: number;
  /** The last heads by their numbers, for the checkpoints that sign them; hashes in hex. */
  readonly recentHeads: Map<number, { readonly hash: string; readonly lastSequence: number }>;
}
