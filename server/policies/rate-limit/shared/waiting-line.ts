import type { Call } from "../../../core/call.ts";
import type { Clock } from "../../../core/clock.ts";
import { abortError } from "../../../core/signals.ts";
import type { Need } from "../claim.ts";
import type { Grant } from "../grant.ts";
import { rateLimited } from "../rate-limited.ts";
import type { SharedBlock, Verdict } from "./judge.ts";
import { ratesUnavailable, tooManyWait } from "./rates-unavailable.ts";
import type { SharedBucket, Stake } from "./shared-bucket.ts";
import type { SharedCounter } from "./shared-counter.ts";

export interface WaitingLineOptions {
  readonly clock: Clock;
  /** The most calls that wait for their turn at one bucket. */
  readonly mostWaiting: number;
  readonly judge: (stakes: readonly Stake[]) => Verdict;
  readonly grant: (stakes: readonly Stake[]) => Grant;
  /** Somebody has left: whoever was behind may go on. */
  readonly left: () => void;
}

/** A call, and what it needs. */
export interface Seeker {
  readonly call: Call;
  readonly need: Need;
  readonly stakes: readonly Stake[];
}

interface Waiter extends Seeker {
  readonly startMs: number;
  /** What it was last known to wait for. */
  block: SharedBlock | undefined;
  /** Where it waits for its turn. */
  standsAt: SharedBucket | undefined;
  /** Takes back the timer that ends its patience. */
  disarm: () => void;
  readonly resolve: (grant: Grant) => void;
  readonly reject: (error: Error) => void;
}

/** The most calls that wait for an answer of the store. */
const longestLine = 10_000;

/** Calls that wait for the store's answer or for their turn, in the order in which they came: nobody overtakes. */
export class WaitingLine {
  /** What those who wait will take. */
  readonly promised = new Map<SharedCounter, number>();
  /** What is to be asked for: what they need beyond what is available, each with all before it. */
  readonly needs = new Map<SharedCounter, number[]>();
  readonly #options: WaitingLineOptions;
  readonly #waiters = new Set<Waiter>();

  constructor(options: WaitingLineOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#waiters.size;
  }

  /** Waits; `verdict` is what has been found out, and not that there is room. */
  wait(seeker: Seeker, verdict: Verdict): Promise<Grant> {
    const { promise, resolve, reject } = Promise.withResolvers<Grant>();
    const startMs = this.#options.clock.now();
    const waiter: Waiter = {
      ...seeker,
      startMs,
      block: undefined,
      standsAt: undefined,
      resolve,
      reject,
      disarm: () => {},
    };
    if (this.#waiters.size >= longestLine) {
      reject(tooManyWait());
    } else if (!this.#stays(waiter, verdict)) {
      reject(refusalOf(waiter, startMs));
    } else {
      this.#waiters.add(waiter);
      const onAbort = () => this.#giveUp(waiter, abortError(seeker.call.signal));
      seeker.call.signal.addEventListener("abort", onAbort, { once: true });
    }
    return promise;
  }

  /** Lets everybody try, in their order. */
  look(): void {
    const { clock, judge, grant } = this.#options;
    this.promised.clear();
    this.needs.clear();
    for (const waiter of [...this.#waiters]) {
      const verdict = judge(waiter.stakes);
      if (verdict.kind === "room") {
        this.#leave(waiter);
        waiter.resolve(grant(waiter.stakes));
      } else if (!this.#stays(waiter, verdict)) {
        this.#leave(waiter);
        waiter.reject(refusalOf(waiter, clock.now()));
      }
    }
  }

  /** Whether it waits on; then what it needs is kept for it. */
  #stays(waiter: Waiter, verdict: Verdict): boolean {
    const asks = verdict.kind === "asks";
    if (verdict.kind === "blocked" && !this.#blocked(waiter, verdict.block)) return false;
    const nowMs = this.#options.clock.now();
    for (const { counter, amount } of waiter.stakes) {
      const total = (this.promised.get(counter) ?? 0) + amount;
      this.promised.set(counter, total);
      const beyond = total - counter.available(nowMs);
      if (!asks || beyond <= 0 || amount === 0) continue;
      const known = this.needs.get(counter);
      if (known) known.push(beyond);
      else this.needs.set(counter, [beyond]);
    }
    return true;
  }

  /** Notes what it waits for; false where it cannot wait so long, or where too many wait already. */
  #blocked(waiter: Waiter, block: SharedBlock): boolean {
    const { clock, mostWaiting } = this.#options;
    const { bucket, policy } = block.claim;
    waiter.block = block;
    const nowMs = clock.now();
    const limitMs = Math.min(waiter.startMs + (policy.waitMs ?? 0), waiter.call.deadlineMs);
    const mayPass = block.isShare || block.mayBeSooner || block.atMs <= limitMs;
    if (limitMs <= nowMs || !mayPass) return false;
    if (waiter.standsAt !== bucket) {
      if (bucket.waiting >= mostWaiting) return false;
      standAt(waiter, bucket);
    }
    waiter.disarm();
    waiter.disarm = clock.after(limitMs - nowMs, () => {
      this.#giveUp(waiter, refusalOf(waiter, clock.now()));
    });
    return true;
  }

  #leave(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    waiter.disarm();
    standAt(waiter, undefined);
  }

  #giveUp(waiter: Waiter, error: Error): void {
    if (!this.#waiters.has(waiter)) return;
    this.#leave(waiter);
    waiter.reject(error);
    this.#options.left();
  }
}

function standAt(waiter: Waiter, bucket: SharedBucket | undefined): void {
  if (waiter.standsAt) waiter.standsAt.waiting -= 1;
  if (bucket) bucket.waiting += 1;
  waiter.standsAt = bucket;
}

function refusalOf({ block, need }: Waiter, nowMs: number): Error {
  if (!block) return tooManyWait();
  return block.isShare ? ratesUnavailable(block) : rateLimited(block, need, nowMs);
}
