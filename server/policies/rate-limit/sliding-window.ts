/** What was used within the last minute: in steps of a second, so that nothing leaves before it is a minute old. */
export interface SlidingWindow {
  /** What counts now. */
  used(nowMs: number): number;
  /** Counts so much from now on; gives the second that it counts in. */
  add(nowMs: number, amount: number): number;
  /**
   * Corrects what was added in a second. What is given back of a second that does not count any more is gone already; what
   * is added to it counts from now on.
   */
  correct(nowMs: number, second: number, change: number): void;
  /** From when on there is room for so much, if nothing else is added; infinite where it is more than the limit. */
  roomAtMs(nowMs: number, amount: number, limit: number): number;
}

/** A second, and what was added in it. */
interface Slot {
  readonly second: number;
  amount: number;
}

/** The second that is running, and the sixty before it: whatever was added less than a minute ago is in one of them. */
const keptSeconds = 60;

/** Begins with nothing used. Time that goes back is taken to stand still. */
export function createSlidingWindow(): SlidingWindow {
  const slots: Slot[] = [];
  let total = 0;

  /** The second of now, with all that is too old gone. */
  const secondOf = (nowMs: number): number => {
    const second = Math.max(Math.floor(nowMs / 1000), slots.at(-1)?.second ?? 0);
    for (let oldest = slots[0]; oldest; oldest = slots[0]) {
      if (second - oldest.second <= keptSeconds) break;
      total -= oldest.amount;
      slots.shift();
    }
    return second;
  };
  const add = (nowMs: number, amount: number): number => {
    const second = secondOf(nowMs);
    const last = slots.at(-1);
    if (last?.second === second) last.amount += amount;
    else slots.push({ second, amount });
    total += amount;
    return second;
  };

  return {
    used(nowMs) {
      secondOf(nowMs);
      return total;
    },
    add,
    correct(nowMs, second, change) {
      secondOf(nowMs);
      // Most calls are short: the second is one of the last.
      const slot = slots.findLast((each) => each.second === second);
      if (slot) {
        slot.amount += change;
        total += change;
      } else if (change > 0) {
        add(nowMs, change);
      }
    },
    roomAtMs(nowMs, amount, limit) {
      if (amount > limit) return Number.POSITIVE_INFINITY;
      secondOf(nowMs);
      let left = total;
      if (left + amount <= limit) return nowMs;
      for (const slot of slots) {
        left -= slot.amount;
        if (left + amount <= limit) return (slot.second + keptSeconds + 1) * 1000;
      }
      return Number.POSITIVE_INFINITY;
    },
  };
}
