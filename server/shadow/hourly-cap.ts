import type { Clock } from "../core/clock.ts";

/** What may be spent within an hour by this instance of the gateway. */
export interface HourlyCap {
  /** False from the moment that the hour's amount is spent; what is under way then may go beyond it. */
  allows(): boolean;
  /** Nothing for an answer without a price. */
  spend(nanoUsd: bigint | undefined): void;
}

const hourMs = 3_600_000;
const nanoUsdPerUsd = 1e9;

/** Sets one up; without an amount it allows everything. Hours are counted from the clock's zero. */
export function createHourlyCap(clock: Clock, mostUsd: number | undefined): HourlyCap {
  const mostNanoUsd = mostUsd === undefined ? undefined : mostUsd * nanoUsdPerUsd;
  let hour = 0;
  let spentNanoUsd = 0;
  const turn = () => {
    const now = Math.floor(clock.now() / hourMs);
    if (now !== hour) spentNanoUsd = 0;
    hour = now;
  };
  return {
    allows() {
      turn();
      return mostNanoUsd === undefined || spentNanoUsd < mostNanoUsd;
    },
    spend(nanoUsd) {
      turn();
      spentNanoUsd += Number(nanoUsd ?? 0n);
    },
  };
}
