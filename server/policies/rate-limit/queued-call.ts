import type { Call } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
import type { GatewayError } from "../../core/error.ts";
import { abortError } from "../../core/signals.ts";
import type { Bucket, Waiting } from "./bucket.ts";
import { type Block, blockOf, type Claim, type Need } from "./claim.ts";
import type { Grant } from "./grant.ts";
import { rateLimited } from "./rate-limited.ts";

/** What a call in a queue asks of the limiter. */
export interface QueueOptions {
  readonly clock: Clock;
  readonly need: Need;
  /** Anew for every try: a bucket that nobody used meanwhile may have gone. */
  readonly claimsNow: () => readonly Claim[];
  readonly grant: (claims: readonly Claim[], need: Need) => Grant;
  readonly serve: (bucket: Bucket) => void;
  /** Whether a block can pass before this time, in milliseconds of `Clock.now`, and its queue has room. */
  readonly canWait: (block: Block, limitMs: number) => boolean;
}

/** Waits at the bucket that blocks the call longest, and goes over to the next one where another blocks it then. */
export function waitInQueue(call: Call, first: Block, options: QueueOptions): Promise<Grant> {
  const { clock, need, claimsNow, grant, serve, canWait } = options;
  const { promise, resolve, reject } = Promise.withResolvers<Grant>();
  const startMs = clock.now();
  const limitMs = ({ claim }: Block) =>
    Math.min(startMs + (claim.policy.waitMs ?? 0), call.deadlineMs);
  let disarm = () => {};

  const leaveQueue = () => waiting.block.claim.bucket.queue.delete(waiting);
  const settle = (outcome: () => void) => {
    disarm();
    call.signal.removeEventListener("abort", onAbort);
    leaveQueue();
    outcome();
  };
  /** Whoever was behind a call that gives up is at the head now, perhaps. */
  const giveUp = (error: GatewayError) => {
    const { bucket } = waiting.block.claim;
    settle(() => reject(error));
    serve(bucket);
  };
  /** What blocks it by now; it may only be that others are before it. */
  const refusal = () => {
    const block = blockOf(claimsNow(), need, clock.now()) ?? waiting.block;
    return rateLimited(block, need, clock.now());
  };
  const onAbort = () => giveUp(abortError(call.signal));
  /** Waits at a bucket, and at its head for the time when there is room; whoever can free some tells. */
  const standAt = (block: Block) => {
    const { bucket } = block.claim;
    waiting.block = block;
    bucket.queue.add(waiting);
    if (bucket.queue.values().next().value !== waiting) return;
    bucket.disarm();
    bucket.disarm = clock.after(block.atMs - clock.now(), () => serve(bucket));
  };
  const goOver = (block: Block): boolean => {
    const isSame = block.claim.bucket === waiting.block.claim.bucket;
    if (!isSame) leaveQueue();
    waiting.block = block;
    if (!isSame && !canWait(block, limitMs(block))) {
      settle(() => reject(refusal()));
      return true;
    }
    disarm();
    disarm = clock.after(limitMs(block) - clock.now(), () => giveUp(refusal()));
    standAt(block);
    return !isSame;
  };
  const waiting: { block: Block } & Waiting = {
    block: first,
    attempt() {
      const claims = claimsNow();
      const block = blockOf(claims, need, clock.now());
      if (block) return goOver(block);
      const granted = grant(claims, need);
      settle(() => resolve(granted));
      return true;
    },
  };
  call.signal.addEventListener("abort", onAbort, { once: true });
  goOver(first);
  return promise;
}
