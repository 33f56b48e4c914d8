import type { StoredRecord } from "../../core/audit-store.ts";
import { plainContent } from "../chain/plain-content.ts";
import { recordKinds } from "../chain/record-kinds.ts";
import type { SeenHead } from "../writing/checkpoint-text.ts";

/** A head that was in the log when somebody saw it. */
export interface ExpectedHead extends SeenHead {
  /** The chain that says so, or `an anchor`. */
  readonly seenBy: string;
}

/** Heads of other chains that a copy's records speak of. */
export interface ExpectedHeads {
  /** What was seen later than this is left out. */
  beforeEpochMs: number;
  read(record: StoredRecord): void;
  /** Of each chain, the last one that was seen by each other. */
  readonly all: Iterable<ExpectedHead>;
}

/**
 * Chains are copied one after the other while gateways write, so a checkpoint may speak of what its copy is too early for. What
 * was seen before the copy was made has to be in it.
 */
export function expectedHeads(): ExpectedHeads {
  const last = new Map<string, ExpectedHead>();
  return {
    beforeEpochMs: 0,
    read({ kind, epochMs, writer: seenBy, bytes }) {
      const isSeeing = kind === recordKinds.start || kind === recordKinds.checkpoint;
      if (!isSeeing || epochMs >= this.beforeEpochMs) return;
      for (const head of seenHeads(plainContent(bytes)?.heads)) {
        const key = `${head.writer} ${seenBy}`;
        if (head.number > (last.get(key)?.number ?? 0)) last.set(key, { ...head, seenBy });
      }
    },
    get all() {
      return last.values();
    },
  };
}

/** Whoever made the file can have written anything. */
function seenHeads(heads: unknown): readonly SeenHead[] {
  return Array.isArray(heads) ? heads.filter(isSeenHead) : [];
}

function isSeenHead(head: Partial<SeenHead> | null): boolean {
  return (
    typeof head?.writer === "string" &&
    Number.isSafeInteger(head.number) &&
    typeof head.hash === "string"
  );
}
