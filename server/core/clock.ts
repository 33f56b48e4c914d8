/** Time, passed in so that tests own it. Timers do not keep the process alive. */
export interface Clock {
  /** Milliseconds that only ever grow; the zero is arbitrary. */
  now(): number;
  /** The time of day: milliseconds since 1970, UTC. It may jump; never measure with it. */
  epochMs(): number;
  /** Calls `fire` once after `delayMs`; the returned function takes it back. */
  after(delayMs: number, fire: () => void): () => void;
}

/** Node refuses timers longer than a signed 32-bit number of milliseconds, some 24 days. */
const longestTimerMs = 2 ** 31 - 1;

/** The real clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  epochMs: () => Date.now(),
  after(delayMs, fire) {
    const timer = setTimeout(fire, Math.min(Math.max(delayMs, 0), longestTimerMs)).unref();
    return () => clearTimeout(timer);
  },
};
