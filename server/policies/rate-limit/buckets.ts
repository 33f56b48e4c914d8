import type { Clock } from "../../core/clock.ts";
import { type Bucket, createBucket, isIdle } from "./bucket.ts";

/** Buckets by name. They outlive the pipeline that a reload replaces. */
export interface Buckets<B = Bucket> extends Iterable<B> {
  of(name: string): B;
  /** How many are kept. */
  readonly size: number;
}

/** How many are kept unless somebody says otherwise; one takes about a kilobyte when it is busy. */
const mostBuckets = 16_384;

/** What is kept, and when it need not be. */
export interface BucketsOptions<B> {
  readonly clock: Clock;
  readonly most?: number | undefined;
  readonly create: (name: string) => B;
  /** Whether nothing counts any more, so that a new one would be the same. */
  readonly isIdle: (bucket: B, nowMs: number) => boolean;
}

/** The buckets of one gateway that counts by itself. */
export function createBuckets(options: Pick<BucketsOptions<Bucket>, "clock" | "most">): Buckets {
  return keepBuckets({ ...options, create: createBucket, isIdle });
}

/**
 * Keeps buckets that count something. When there are too many, those go in which nothing counts. A name that comes when all
 * count shares one bucket of its policy with others that come then, and with all new ones until nothing counts in that, so
 * that no number of names is a way around a limit.
 */
export function keepBuckets<B>(options: BucketsOptions<B>): Buckets<B> {
  const { clock, most = mostBuckets, create, isIdle } = options;
  const buckets = new Map<string, B>();
  const shared = new Map<string, B>();
  let sweptMs = Number.NEGATIVE_INFINITY;

  /** Looking at all of them is worth it once in a second. */
  const sweep = () => {
    const nowMs = clock.now();
    if (nowMs - sweptMs < 1000) return;
    sweptMs = nowMs;
    for (const [name, bucket] of buckets) if (isIdle(bucket, nowMs)) buckets.delete(name);
  };
  const make = (kept: Map<string, B>, name: string): B => {
    const bucket = create(name);
    kept.set(name, bucket);
    return bucket;
  };

  return {
    of(name) {
      const known = buckets.get(name);
      if (known) return known;
      const [policy = ""] = name.split("\n", 1);
      const overflow = shared.get(policy);
      if (overflow && !isIdle(overflow, clock.now())) return overflow;
      shared.delete(policy);
      if (buckets.size >= most) sweep();
      return buckets.size < most ? make(buckets, name) : make(shared, policy);
    },
    *[Symbol.iterator]() {
      yield* buckets.values();
      yield* shared.values();
    },
    get size() {
      return buckets.size + shared.size;
    },
  };
}
