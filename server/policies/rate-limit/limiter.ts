import type { Call } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
import { abortError } from "../../core/signals.ts";
import type { CallPolicies } from "../call-policies.ts";
import type { Bucket } from "./bucket.ts";
import type { Buckets } from "./buckets.ts";
import { type Block, blockOf, type Claim, claimsOf, type Need } from "./claim.ts";
import { type Grant, take } from "./grant.ts";
import { waitInQueue } from "./queued-call.ts";
import { rateLimited } from "./rate-limited.ts";

/** Lets calls in as fast as their policies allow. */
export interface Limiter {
  /** Takes what the call needs, at once or when its turn comes; throws RATE_LIMITED, having taken nothing. */
  admit(call: Call, policies: CallPolicies, need: Need): Promise<Grant>;
}

/** What a limiter is made of. */
export interface LimiterOptions {
  readonly clock: Clock;
  readonly buckets: Buckets;
  /** The most calls that wait at one bucket. Default: 1,000. */
  readonly mostWaiting?: number | undefined;
}

/**
 * Nobody overtakes: where calls wait, whoever comes later waits behind them. A call that waits takes nothing, and leaves
 * when its time is up, its deadline too near, or its caller gone.
 */
export function createLimiter(options: LimiterOptions): Limiter {
  const { clock, buckets, mostWaiting = 1000 } = options;

  /** Lets those at the head of a queue try, until one has to stay. */
  const serve = (bucket: Bucket) => {
    bucket.disarm();
    for (const waiting of bucket.queue) if (!waiting.attempt()) return;
  };
  const freed = ({ bucket }: Claim) => serve(bucket);
  const grant = (claims: readonly Claim[], need: Need) =>
    take(claims, need, { now: clock.now, freed });

  return {
    async admit(call, policies, need) {
      const claimsNow = () => claimsOf(call, policies, buckets);
      const nowMs = clock.now();
      const claims = claimsNow();
      const block = blockOf(claims, need, nowMs) ?? behindOthers(claims);
      if (!block) return grant(claims, need);
      if (call.signal.aborted) throw abortError(call.signal);
      const canWait = (next: Block, limitMs: number) =>
        limitMs > clock.now() && mayPass(next, limitMs) && hasRoom(next, mostWaiting);
      const limitMs = Math.min(nowMs + (block.claim.policy.waitMs ?? 0), call.deadlineMs);
      if (!canWait(block, limitMs)) throw rateLimited(block, need, nowMs);
      return waitInQueue(call, block, { clock, need, claimsNow, grant, serve, canWait });
    },
  };
}

/** There would be room, but others were there before; whatever they wait for, this one does. */
function behindOthers(claims: readonly Claim[]): Block | undefined {
  const claim = claims.find(({ bucket }) => bucket.queue.size > 0);
  const head = claim?.bucket.queue.values().next().value;
  return claim && head && { ...head.block, claim };
}

function mayPass({ atMs, mayBeSooner }: Block, limitMs: number): boolean {
  return atMs < Number.POSITIVE_INFINITY && (mayBeSooner || atMs <= limitMs);
}

function hasRoom({ claim }: Block, mostWaiting: number): boolean {
  return claim.bucket.queue.size < mostWaiting;
}
