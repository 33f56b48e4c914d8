import type { LimitName } from "../bucket.ts";
import type { Claim, Need } from "../claim.ts";
import { PermitPool } from "./permit-pool.ts";
import type { SharedCounter } from "./shared-counter.ts";
import { StreamSlots } from "./stream-slots.ts";

/** What gateways count together for one subject of one policy. */
export interface SharedBucket {
  readonly counters: Readonly<Record<LimitName, SharedCounter>>;
  /** Calls that wait here for their turn. */
  waiting: number;
  /** Calls that are not over. */
  underWay: number;
}

export function createSharedBucket(name: string): SharedBucket {
  return {
    counters: {
      requests_per_minute: new PermitPool(`${name}\nrequests`),
      tokens_per_minute: new PermitPool(`${name}\ntokens`),
      concurrent_streams: new StreamSlots(`${name}\nstreams`),
    },
    waiting: 0,
    underWay: 0,
  };
}

/** Whether nothing counts any more, so that a new one would be the same. */
export function isSharedIdle({ counters, waiting, underWay }: SharedBucket, nowMs: number) {
  if (waiting > 0 || underWay > 0) return false;
  return Object.values(counters).every((counter) => counter.isIdle(nowMs));
}

/** What a call takes of one counter. */
export interface Stake {
  readonly claim: Claim<SharedBucket>;
  readonly limit: LimitName;
  readonly counter: SharedCounter;
  readonly amount: number;
  readonly most: number;
}

/** One for each limit that a call runs under. */
export function stakesOf(claims: readonly Claim<SharedBucket>[], need: Need): readonly Stake[] {
  return claims.flatMap((claim) => {
    const { requestsPerMinute, tokensPerMinute, concurrentStreams } = claim.policy.limits;
    const { counters } = claim.bucket;
    const stake = (limit: LimitName, amount: number, most: number | undefined): Stake[] =>
      most === undefined ? [] : [{ claim, limit, counter: counters[limit], amount, most }];
    return [
      ...stake("requests_per_minute", 1, requestsPerMinute),
      ...stake("tokens_per_minute", need.tokens, tokensPerMinute),
      ...(need.isStream ? stake("concurrent_streams", 1, concurrentStreams) : []),
    ];
  });
}
