import type { Clock } from "../../server/core/clock.ts";

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves time on and fires, in order, every timer that is due on the way. */
  advance(byMs: number): void;
  /** How many timers are armed: none may be left when their owner is done. */
  readonly armed: number;
}

interface Timer {
  readonly dueMs: number;
  readonly fire: () => void;
}

/** Where a manual clock's time of day begins. */
const epochStartMs = Date.parse("2026-11-23T12:00:00Z");

/** Begins at a time that is not zero, so that a forgotten subtraction shows. */
export function createManualClock(startMs = 1000): ManualClock {
  const timers = new Set<Timer>();
  let nowMs = startMs;
  const nextDue = (untilMs: number) =>
    [...timers].filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0];
  return {
    now: () => nowMs,
    epochMs: () => epochStartMs + nowMs,
    after(delayMs, fire) {
      const timer = { dueMs: nowMs + Math.max(delayMs, 0), fire };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(byMs) {
      const untilMs = nowMs + byMs;
      for (let timer = nextDue(untilMs); timer; timer = nextDue(untilMs)) {
        timers.delete(timer);
        nowMs = timer.dueMs;
        timer.fire();
      }
      nowMs = untilMs;
    },
    get armed() {
      return timers.size;
    },
  };
}
