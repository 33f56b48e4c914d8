/**
 * Where gateways share what was answered to requests that may come again, so that a repeat is known by whichever of them it
 * reaches. Names and marks are hashes, answers are sealed: the store learns nothing. Every method rejects with
 * LEDGER_UNAVAILABLE when the store does not answer in time.
 */
export interface SharedAnswers {
  /** Takes a name for a call of this gateway, or tells what stands there. */
  claim(name: Buffer, mark: Buffer): Promise<Claimed>;
  /** Resolves when something may have changed about a name, within a second at most. */
  changed(name: Buffer): Promise<void>;
}

/** What comes of a claim. */
export type Claimed =
  | { readonly kind: "mine"; readonly claim: AnswerClaim }
  /** Another gateway makes the same call just now. */
  | { readonly kind: "running" }
  /** The name was used for another request. */
  | { readonly kind: "other" }
  /** It was answered. */
  | { readonly kind: "kept"; readonly sealed: Buffer };

/** A name that is taken until its answer is kept or it is released; or until this process has been gone for a while. */
export interface AnswerClaim {
  /** Puts the answer in its place, from now on for so many milliseconds. Tries once; an answer that cannot be kept is released. */
  keep(sealed: Buffer, ttlMs: number): void;
  release(): void;
}
