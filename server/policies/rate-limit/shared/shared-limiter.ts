import type { Clock } from "../../../core/clock.ts";
import type { SharedRates } from "../../../core/shared-rates.ts";
import { abortError } from "../../../core/signals.ts";
import { keepBuckets } from "../buckets.ts";
import { claimsOf } from "../claim.ts";
import type { Grant } from "../grant.ts";
import type { Limiter } from "../limiter.ts";
import { judge } from "./judge.ts";
import { RateSync } from "./rate-sync.ts";
import { createSharedBucket, isSharedIdle, type Stake, stakesOf } from "./shared-bucket.ts";
import { WaitingLine } from "./waiting-line.ts";

export interface SharedLimiterOptions {
  readonly clock: Clock;
  readonly rates: SharedRates;
  /** The most calls that wait at one bucket. Default: 1,000. */
  readonly mostWaiting?: number | undefined;
}

/** A limiter whose limits hold over all gateways together. */
export interface SharedLimiter extends Limiter {
  /** Gives back what is held. */
  close(): Promise<void>;
}

/**
 * Lets calls in by permits that were fetched before; a call that finds none waits for one exchange with the store. While the
 * store is away, this gateway counts by itself, up to an equal share of each limit.
 */
export function createSharedLimiter(options: SharedLimiterOptions): SharedLimiter {
  const { clock, rates, mostWaiting = 1000 } = options;
  const buckets = keepBuckets({ clock, create: createSharedBucket, isIdle: isSharedIdle });

  const judged = (stakes: readonly Stake[]) =>
    judge(stakes, {
      nowMs: clock.now(),
      promised: line.promised,
      shares: sync.isAway ? (sync.gateways ?? Number.POSITIVE_INFINITY) : undefined,
    });
  /** Takes from every counter at once; there is room in all of them. */
  const grant = (stakes: readonly Stake[]): Grant => {
    const nowMs = clock.now();
    const { isAway } = sync;
    const taken = stakes.map((stake) => {
      const { counter, amount, claim } = stake;
      claim.bucket.underWay += 1;
      sync.touch(counter);
      return {
        stake,
        taken: isAway ? counter.takeAlone(nowMs, amount) : counter.take(nowMs, amount),
      };
    });
    let isOver = false;
    return {
      end(tokens) {
        if (isOver) return;
        isOver = true;
        for (const { stake, taken: one } of taken) {
          one.end(clock.now(), stake.limit === "tokens_per_minute" ? tokens : stake.amount);
          stake.claim.bucket.underWay -= 1;
          sync.touch(stake.counter);
        }
        if (line.length > 0) sync.wake();
      },
    };
  };
  const line = new WaitingLine({
    clock,
    mostWaiting,
    judge: judged,
    grant,
    left: () => sync.wake(),
  });
  const sync: RateSync = new RateSync({
    clock,
    rates,
    needs() {
      line.look();
      return line.needs;
    },
    *counters() {
      for (const { counters } of buckets) yield* Object.values(counters);
    },
    lost: () => line.look(),
  });

  return {
    async admit(call, policies, need) {
      const stakes = stakesOf(claimsOf(call, policies, buckets), need);
      for (const { counter, most } of stakes) counter.limit = most;
      const verdict = judged(stakes);
      if (verdict.kind === "room") return grant(stakes);
      if (call.signal.aborted) throw abortError(call.signal);
      const waiting = line.wait({ call, need, stakes }, verdict);
      if (verdict.kind === "asks") sync.wake();
      return waiting;
    },
    close: () => sync.close(),
  };
}
