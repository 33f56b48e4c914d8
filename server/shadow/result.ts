import type { Outcome } from "./outcome.ts";
import type { Similarity } from "./similarity/similarity.ts";

/** A call that was answered on both sides, or failed on one or both. */
export interface ShadowResult {
  /** The gateway's id of the caller's call. */
  readonly requestId: string;
  readonly primaryProvider: string;
  /** The primary's own name where it was asked a second time. */
  readonly shadowProvider: string;
  /** Whether the primary was compared with itself, which tells how much two answers of one model differ. */
  readonly isSelf: boolean;
  readonly primary: Outcome;
  readonly shadow: Outcome;
  /** Absent unless both answered, and both texts are short enough to compare. */
  readonly similarity?: Similarity | undefined;
}

/**
 * Why a sampled call has no result: too many copies were under way (`busy`), the hour's amount was spent (`cost`), a
 * budget has no room for the copy or cannot be asked (`budget`), the caller pinned a provider (`pinned`), the shadow may or can not serve the model (`not_served`), the conversation holds a
 * model's own reasoning (`reasoning`), the caller went away (`abandoned`), or the gateway stopped (`closing`).
 */
export const dropReasons = [
  "busy",
  "cost",
  "budget",
  "pinned",
  "not_served",
  "reasoning",
  "abandoned",
  "closing",
] as const;

export type DropReason = (typeof dropReasons)[number];

/** Where results go. Neither function waits for anything or throws. */
export interface ShadowSink {
  result(result: ShadowResult): void;
  dropped(reason: DropReason): void;
}
