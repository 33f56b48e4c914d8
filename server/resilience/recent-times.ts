/** How many times are kept. */
const kept = 64;

/** Fewer say nothing. */
const least = 5;

/** After so long without a new time, in milliseconds, the old ones say nothing about today. */
const recentMs = 300_000;

/** The latest times of something, in milliseconds, to be asked for percentiles: kept in order, so that asking is free. */
export class RecentTimes {
  readonly #arrived = new Float64Array(kept);
  readonly #sorted = new Float64Array(kept);
  #count = 0;
  #next = 0;
  #latestMs = Number.NEGATIVE_INFINITY;

  add(timeMs: number, nowMs: number): void {
    if (nowMs - this.#latestMs > recentMs) this.#count = this.#next = 0;
    this.#latestMs = nowMs;
    if (this.#count === kept) this.#remove(this.#arrived[this.#next] ?? 0);
    this.#arrived[this.#next] = timeMs;
    this.#next = (this.#next + 1) % kept;
    this.#insert(timeMs);
  }

  /** The time that this share of them did not exceed: 0 is the fastest, 1 the slowest. Undefined for a few or old ones. */
  at(share: number, nowMs: number): number | undefined {
    if (this.#count < least || nowMs - this.#latestMs > recentMs) return undefined;
    const index = Math.ceil(share * this.#count) - 1;
    return this.#sorted[Math.min(Math.max(index, 0), this.#count - 1)];
  }

  #insert(timeMs: number): void {
    let index = this.#count++;
    for (; index > 0 && (this.#sorted[index - 1] ?? 0) > timeMs; index--) {
      this.#sorted[index] = this.#sorted[index - 1] ?? 0;
    }
    this.#sorted[index] = timeMs;
  }

  #remove(timeMs: number): void {
    const index = this.#sorted.subarray(0, this.#count).indexOf(timeMs);
    this.#sorted.copyWithin(index, index + 1, this.#count--);
  }
}
