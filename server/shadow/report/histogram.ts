/** How values map to buckets, and what value a bucket stands for. */
export interface Scale {
  readonly buckets: number;
  readonly bucketOf: (value: number) => number;
  /** The largest value of a bucket. */
  readonly topOf: (bucket: number) => number;
}

/** Counts of values by bucket: as exact as its scale, in memory that does not grow. */
export interface Histogram {
  add(value: number): void;
  readonly count: number;
  /** Exact; 0 when there are no values. */
  readonly mean: number;
  /** The value that this share of all values is not above; 0 when there are none. */
  quantile(share: number): number;
}

/** From 0 to 1 by hundredths. */
export const shareScale: Scale = {
  buckets: 101,
  bucketOf: (value) => Math.ceil(Math.round(value * 1e6) / 1e4),
  topOf: (bucket) => bucket / 100,
};

const growth = 1.05;

/** Milliseconds from 1 to some hours, each bucket 5 % above the one before. */
export const latencyScale: Scale = {
  buckets: 360,
  bucketOf: (ms) => Math.ceil(Math.log(Math.max(ms, 1)) / Math.log(growth)),
  topOf: (bucket) => Math.round(growth ** bucket * 10) / 10,
};

/** Begins an empty one. */
export function createHistogram({ buckets, bucketOf, topOf }: Scale): Histogram {
  const counts = new Float64Array(buckets);
  let count = 0;
  let sum = 0;
  return {
    add(value) {
      const bucket = Math.min(buckets - 1, Math.max(0, bucketOf(value)));
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      count += 1;
      sum += value;
    },
    get count() {
      return count;
    },
    get mean() {
      return count === 0 ? 0 : sum / count;
    },
    quantile(share) {
      if (count === 0) return 0;
      let below = 0;
      const bucket = counts.findIndex((own) => {
        below += own;
        return below >= share * count;
      });
      return topOf(bucket);
    },
  };
}
