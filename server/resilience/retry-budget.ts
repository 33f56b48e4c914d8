import type { Clock } from "../core/clock.ts";
import type { RetryBudget } from "../core/retry-budget.ts";

/** How much may be tried again. */
export interface RetryBudgetOptions {
  readonly clock: Clock;
  /** Retries for every hundred calls that succeed, a whole number; 0 means none at all, the floor neither. */
  readonly sharePercent: number;
  /**
   * Retries that are there at the start, and that come back at one a second when all are spent: without them a gateway
   * with little traffic could never try again.
   */
  readonly floor: number;
}

/** The most that is saved up, so that a calm day does not pay for a storm. */
const mostRetries = 100;

/** Counted in hundredths of a retry: sums of whole numbers are exact. */
const retry = 100;

/** A token bucket: successes fill it, retries empty it. Made once and kept when the pipeline is built anew. */
export function createRetryBudget({ clock, sharePercent, floor }: RetryBudgetOptions): RetryBudget {
  const least = sharePercent > 0 ? floor * retry : 0;
  const most = Math.max(mostRetries * retry, least);
  let balance = least;
  let refilledMs = clock.now();
  let refused = 0;
  const refill = () => {
    const nowMs = clock.now();
    const gained = ((nowMs - refilledMs) * retry) / 1000;
    refilledMs = nowMs;
    if (balance < least) balance = Math.min(balance + gained, least);
  };
  return {
    deposit() {
      balance = Math.min(balance + sharePercent, most);
    },
    withdraw() {
      refill();
      if (balance < retry) {
        refused++;
        return false;
      }
      balance -= retry;
      return true;
    },
    get balance() {
      refill();
      return Math.floor(balance / retry);
    },
    get refused() {
      return refused;
    },
  };
}
