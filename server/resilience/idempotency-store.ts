import type { Clock } from "../core/clock.ts";
import type { SharedRun } from "./idempotency-run.ts";
import type { KeptAnswer, Slot } from "./idempotency-slot.ts";

/** Runs that can be joined and answers that can be repeated, by name. */
export interface IdempotencyStore {
  run(name: string): SharedRun | undefined;
  answer(name: string): KeptAnswer | undefined;
  /** Puts a run under a name that is free; `start` is called at once and gets the run's slot. */
  open(name: string, start: (slot: Slot) => SharedRun): SharedRun;
  /** How many calls can be joined, how many answers are kept, and the memory that both take. */
  readonly state: { readonly running: number; readonly kept: number; readonly bytes: number };
  /** Forgets all answers. */
  close(): void;
}

export interface IdempotencyStoreOptions {
  readonly clock: Clock;
  /** How long an answer is kept after its end, in milliseconds. */
  readonly ttlMs: number;
  /** The most that all answers may take together, in bytes; the oldest kept ones give way to new ones. */
  readonly maxBytes: number;
}

/** A larger answer is not kept. */
export const mostAnswerBytes = 4 * 1024 * 1024;

/** What the names and facts of one answer take beside its events, in bytes; this bounds how many there can be. */
const slotBytes = 2048;

export function createIdempotencyStore(options: IdempotencyStoreOptions): IdempotencyStore {
  const { clock, ttlMs, maxBytes } = options;
  const running = new Map<string, SharedRun>();
  /** In the order in which they came, which is that in which they go. */
  const kept = new Map<string, Kept>();
  let bytes = 0;
  let keptBytes = 0;
  let disarm: (() => void) | undefined;

  const remove = (name: string, { bytes: freed }: Kept) => {
    kept.delete(name);
    keptBytes -= freed;
    bytes -= freed;
  };
  /** Answers under way stay, so nothing is let go of when that would not be enough. */
  const makeRoom = (needed: number): boolean => {
    if (bytes - keptBytes + needed > maxBytes) return false;
    for (const [name, oldest] of kept) {
      if (bytes + needed <= maxBytes) break;
      remove(name, oldest);
    }
    return true;
  };
  /** One timer, for the oldest. */
  const expire = () => {
    disarm = undefined;
    for (const [name, oldest] of kept) {
      if (oldest.expiresMs > clock.now()) {
        disarm = clock.after(oldest.expiresMs - clock.now(), expire);
        return;
      }
      remove(name, oldest);
    }
  };
  const createSlot = (name: string): { slot: Slot; settle: (run: SharedRun) => void } => {
    let taken = 0;
    let isOpen = true;
    const close = () => {
      isOpen = false;
      running.delete(name);
    };
    const slot: Slot = {
      take(more) {
        const needed = taken === 0 ? more + slotBytes : more;
        const fits = isOpen && taken + needed <= mostAnswerBytes && makeRoom(needed);
        if (!fits) return false;
        taken += needed;
        bytes += needed;
        return true;
      },
      keep(answer) {
        if (!isOpen) return;
        close();
        kept.set(name, { answer, bytes: taken, expiresMs: clock.now() + ttlMs });
        keptBytes += taken;
        disarm ??= clock.after(ttlMs, expire);
      },
      drop() {
        if (!isOpen) return;
        close();
        bytes -= taken;
      },
    };
    const settle = (run: SharedRun) => {
      if (isOpen) running.set(name, run);
    };
    return { slot, settle };
  };

  return {
    run: (name) => running.get(name),
    answer: (name) => kept.get(name)?.answer,
    open(name, start) {
      const { slot, settle } = createSlot(name);
      const run = start(slot);
      settle(run);
      return run;
    },
    get state() {
      return { running: running.size, kept: kept.size, bytes };
    },
    close() {
      disarm?.();
      for (const [name, answer] of kept) remove(name, answer);
    },
  };
}

interface Kept {
  readonly answer: KeptAnswer;
  readonly bytes: number;
  readonly expiresMs: number;
}
