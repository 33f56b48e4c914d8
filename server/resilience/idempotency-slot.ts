import type { CompletionEvent, Reply } from "../core/reply.ts";

/** A whole answer that is kept to be given again. */
export interface KeptAnswer {
  readonly fingerprint: string;
  /** The reply as it was, without its events. */
  readonly reply: Omit<Reply, "events">;
  readonly events: readonly CompletionEvent[];
}

/** The place of one run in the store, from its start until it is kept or dropped. */
export interface Slot {
  /** Takes so many more bytes; false, for good, when the answer is too large or the store is full of answers under way. */
  take(bytes: number): boolean;
  /** The run ended well: from now on its answer stands in its place. */
  keep(answer: KeptAnswer): void;
  /** The run failed or cannot be kept: the name is free again. Does nothing after `keep`. */
  drop(): void;
}
