import type { Clock } from "../../server/core/clock.ts";

export const dayMs = 24 * 60 * 60 * 1000;

/** Days pass as they are told to; all else takes the time that it takes. */
export function createDayClock(): Clock & { day: number } {
  return {
    day: 0,
    now: () => performance.now(),
    epochMs() {
      return Date.parse("2026-01-01T08:00:00Z") + this.day * dayMs;
    },
    after(delayMs, fire) {
      const timer = setTimeout(fire, Math.min(delayMs, 2 ** 31 - 1)).unref();
      return () => clearTimeout(timer);
    },
  };
}
