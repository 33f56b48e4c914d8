import type { SeenHead } from "../writing/checkpoint-text.ts";

/** Heads that somebody saw, and that therefore must be there. */
export interface SeenHeads {
  /** `publicKey` is what signed it; absent where nothing did. */
  add(
    checkpoint: { readonly heads: readonly SeenHead[]; readonly publicKey?: string | undefined },
    seenBy: string,
  ): void;
  readonly all: Iterable<SeenHead & { readonly seenBy: string }>;
}

/**
 * Of each chain, the last head that each other chain saw: it holds the hashes of all before it, and a log of years has been
 * seen millions of times. What one key signed takes nothing away that another one did.
 */
export function createSeenHeads(): SeenHeads {
  const last = new Map<string, SeenHead & { readonly seenBy: string }>();
  return {
    add({ heads, publicKey = "" }, seenBy) {
      for (const head of heads) {
        const key = `${head.writer} ${seenBy} ${publicKey}`;
        const known = last.get(key);
        const isOther = known?.number === head.number && known.hash !== head.hash;
        if (isOther) last.set(`${key} ${head.hash}`, { ...head, seenBy });
        else if (head.number > (known?.number ?? 0)) last.set(key, { ...head, seenBy });
      }
    },
    get all() {
      return last.values();
    },
  };
}
