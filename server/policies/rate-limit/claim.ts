import type { Call } from "../../core/call.ts";
import type { RateLimitPolicy } from "../../core/policy.ts";
import type { CallPolicies } from "../call-policies.ts";
import type { Bucket, Obstacle } from "./bucket.ts";
import type { Buckets } from "./buckets.ts";

/** What a call asks of one policy, and where it is counted. */
export interface Claim<B = Bucket> {
  readonly policy: RateLimitPolicy;
  readonly bucket: B;
}

/** What a call takes from every bucket. */
export interface Need {
  readonly tokens: number;
  readonly isStream: boolean;
}

/** An obstacle, and whose it is. */
export interface Block<B = Bucket> extends Obstacle {
  readonly claim: Claim<B>;
}

/** One for each policy of the call. */
export function claimsOf<B>(
  { principal }: Call,
  { model, rates }: CallPolicies,
  buckets: Buckets<B>,
): readonly Claim<B>[] {
  const subjects: Readonly<Record<RateLimitPolicy["scope"], string>> = {
    gateway: "",
    key: principal.name,
    tenant: principal.tenant ?? "",
    model,
    key_and_model: `${principal.name}\n${model}`,
  };
  return rates.map((policy) => {
    const { name, scope } = policy;
    return { policy, bucket: buckets.of(`${name}\n${scope}\n${subjects[scope]}`) };
  });
}

/** A stream has no known end: look again after this long. */
const streamPauseMs = 1000;

/** The block that lasts longest; undefined where the call can go on. */
export function blockOf(claims: readonly Claim[], need: Need, nowMs: number): Block | undefined {
  let longest: Block | undefined;
  for (const claim of claims) {
    for (const block of blocksOf(claim, need, nowMs)) {
      if (!longest || block.atMs > longest.atMs) longest = block;
    }
  }
  return longest;
}

function* blocksOf(claim: Claim, need: Need, nowMs: number): Generator<Block> {
  const { bucket, policy } = claim;
  const { requestsPerMinute, tokensPerMinute, concurrentStreams } = policy.limits;
  if (requestsPerMinute !== undefined) {
    const atMs = bucket.requests.roomAtMs(nowMs, 1, requestsPerMinute);
    if (atMs > nowMs) yield { claim, limit: "requests_per_minute", atMs, mayBeSooner: false };
  }
  if (tokensPerMinute !== undefined) {
    const atMs = bucket.tokens.roomAtMs(nowMs, need.tokens, tokensPerMinute);
    const mayBeSooner = atMs < Number.POSITIVE_INFINITY && bucket.underWay > 0;
    if (atMs > nowMs) yield { claim, limit: "tokens_per_minute", atMs, mayBeSooner };
  }
  if (concurrentStreams !== undefined && need.isStream && bucket.streams >= concurrentStreams) {
    const atMs = concurrentStreams > 0 ? nowMs + streamPauseMs : Number.POSITIVE_INFINITY;
    yield { claim, limit: "concurrent_streams", atMs, mayBeSooner: concurrentStreams > 0 };
  }
}
