import type { Block } from "../claim.ts";
import type { SharedBucket, Stake } from "./shared-bucket.ts";
import type { SharedCounter } from "./shared-counter.ts";

/** Whether a call can go on. */
export type Verdict =
  | { readonly kind: "room" }
  /** It may, but nobody knows before the store is asked. */
  | { readonly kind: "asks" }
  | { readonly kind: "blocked"; readonly block: SharedBlock };

/** What blocks a call. */
export interface SharedBlock extends Block<SharedBucket> {
  /** Only this gateway's share of the limit is used up: nobody can be asked about the rest. */
  readonly isShare: boolean;
}

export interface Circumstances {
  readonly nowMs: number;
  /** What those who wait will take before this call. */
  readonly promised: ReadonlyMap<SharedCounter, number>;
  /** How many parts the limits are in while this gateway counts alone; undefined while it does not. */
  readonly shares: number | undefined;
}

/** Looks at all that a call runs under; of several blocks the one that lasts longest counts. */
export function judge(stakes: readonly Stake[], circumstances: Circumstances): Verdict {
  let longest: SharedBlock | undefined;
  let asks = false;
  for (const stake of stakes) {
    const found = obstacleOf(stake, circumstances);
    if (found === "asks") asks = true;
    else if (found && (!longest || found.atMs > longest.atMs)) longest = found;
  }
  if (longest) return { kind: "blocked", block: longest };
  return { kind: asks ? "asks" : "room" };
}

function obstacleOf(stake: Stake, { nowMs, promised, shares }: Circumstances) {
  const { counter, amount, most } = stake;
  if (amount > most) return blockOf(stake, Number.POSITIVE_INFINITY);
  const wanted = amount + (promised.get(counter) ?? 0);
  if (shares !== undefined) return obstacleAlone(stake, { nowMs, wanted, shares });
  const lacking = wanted - counter.available(nowMs);
  if (lacking <= 0) return undefined;
  // Behind others it may be later than when all is free: nobody knows by how much.
  const atMs = counter.expectedMs(nowMs, Math.min(lacking, most));
  return atMs === undefined ? "asks" : blockOf(stake, atMs);
}

function obstacleAlone(
  stake: Stake,
  { nowMs, wanted, shares }: { nowMs: number; wanted: number; shares: number },
): SharedBlock | undefined {
  const { counter, amount, most } = stake;
  const share = Math.floor(most / shares);
  const atMs = counter.aloneAtMs(nowMs, Math.min(wanted, Math.max(amount, share)), share);
  if (atMs <= nowMs && wanted <= share) return undefined;
  const isShare = counter.aloneAtMs(nowMs, Math.min(wanted, most), most) <= nowMs;
  return { ...blockOf(stake, atMs), isShare };
}

/** What others set aside or hold may come back any time; requests that were made were made. */
function blockOf({ claim, limit }: Stake, atMs: number): SharedBlock {
  const mayBeSooner = limit !== "requests_per_minute" && atMs < Number.POSITIVE_INFINITY;
  return { claim, limit, atMs, mayBeSooner, isShare: false };
}
