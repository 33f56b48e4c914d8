import type { Clock } from "../../../server/core/clock.ts";

/** Time that passes as fast as what happens in it can be reckoned. */
export interface SimulatedClock extends Clock {
  /** Fires everything that is due, in its order, until this time. */
  runUntil(endMs: number): void;
}

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  fire: (() => void) | undefined;
}

/** Begins at zero. Timers of one moment fire in the order in which they were set. */
export function createSimulatedClock(): SimulatedClock {
  /** A binary heap, the next to fire at its head. */
  const heap: Timer[] = [];
  let nowMs = 0;
  let orders = 0;

  const isBefore = (a: Timer, b: Timer) =>
    a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
  const at = (place: number): Timer => heap[place] as Timer;
  const swap = (a: number, b: number) => {
    [heap[a], heap[b]] = [at(b), at(a)];
  };
  const push = (timer: Timer) => {
    let place = heap.push(timer) - 1;
    for (let above = (place - 1) >> 1; place > 0; above = (place - 1) >> 1) {
      if (!isBefore(at(place), at(above))) return;
      swap(place, above);
      place = above;
    }
  };
  const pop = (): Timer => {
    const first = at(0);
    const last = heap.pop() as Timer;
    if (heap.length === 0) return first;
    heap[0] = last;
    for (let place = 0; ; ) {
      let least = place;
      for (const below of [2 * place + 1, 2 * place + 2]) {
        if (below < heap.length && isBefore(at(below), at(least))) least = below;
      }
      if (least === place) return first;
      swap(place, least);
      place = least;
    }
  };

  return {
    now: () => nowMs,
    epochMs: () => nowMs,
    after(delayMs, fire) {
      orders += 1;
      const timer: Timer = { dueMs: nowMs + Math.max(delayMs, 0), order: orders, fire };
      push(timer);
      return () => {
        timer.fire = undefined;
      };
    },
    runUntil(endMs) {
      while (heap.length > 0 && at(0).dueMs <= endMs) {
        const { dueMs, fire } = pop();
        nowMs = dueMs;
        fire?.();
      }
      nowMs = endMs;
    },
  };
}
