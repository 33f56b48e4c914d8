import type { CharacterRun } from "./character-run.ts";
import { type MachineState, mostIdle, type PatternMachine } from "./pattern-machine.ts";
import type { Cursor, Skim } from "./pattern-skimmer.ts";
import { createPatternTracker, longestMatch, type PatternTracker } from "./pattern-tracker.ts";
import type { Watch } from "./watch.ts";

/** Patterns, compiled. */
export interface Patterns {
  readonly machine: PatternMachine;
  readonly skim: Skim;
}

/**
 * Runs patterns over a text in time linear in its length. Every character is skimmed. Where a match began, or what may
 * become one, is worked out only when somebody has to know, and from the last fresh step on: most often that is where the
 * current word begins. No character is gone through a third time.
 */
export function createPatternWatch(patterns: Patterns): Watch {
  return new PatternWatch(patterns);
}

/** So that what is late takes no more memory than what is held back; two for each character. */
const mostLate = 2 * longestMatch;

/** A class, because every text and every stream has several: closures would cost them more memory than their state. */
class PatternWatch implements Watch, Cursor {
  found = -1;
  state: MachineState;
  freshAt = -1;
  fresh: MachineState;
  readonly #patterns: Patterns;
  /** Most texts need none. */
  #tracker: PatternTracker | undefined;
  /** What was skimmed and not tracked: each code point, and behind it where it begins. Grows, and never shrinks. */
  readonly #late: number[] = [];
  #lateLength = 0;
  /** The state behind the fresh step before what is late; undefined where that goes on from where the tracker is. */
  #start: MachineState | undefined;
  #startAt = 0;

  constructor(patterns: Patterns) {
    const { start } = patterns.machine;
    this.#patterns = patterns;
    this.state = start;
    this.fresh = start;
    this.#start = start;
  }

  read(run: CharacterRun): number {
    const { codePoints, offsets, count } = run;
    for (let index = this.#readFrom(run, 0); index < count; ) {
      const tracker = this.#caughtUp();
      this.found = tracker.step(codePoints[index] ?? 0, offsets[index] ?? 0);
      if (this.found >= 0) return index;
      this.state = tracker.state;
      index = this.#readFrom(run, index + 1);
    }
    return count;
  }

  atEnd(at: number): number {
    const { matches } = this.#patterns.machine.step(this.state, -1);
    return matches.length === 0 ? -1 : this.#caughtUp().atEnd(at);
  }

  heldFrom(at: number): number {
    if (this.state.number <= mostIdle) return at;
    return Math.max(this.#caughtUp().earliest ?? at, at - longestMatch);
  }

  /** Reads from an index on; what is late goes on there. */
  #readFrom(run: CharacterRun, from: number): number {
    const index = this.#patterns.skim(this, run, from);
    const isFresh = this.freshAt >= 0;
    if (isFresh) {
      this.#start = this.fresh;
      this.#startAt = run.offsets[this.freshAt] ?? 0;
      this.#lateLength = 0;
    }
    this.#remember(run, isFresh ? this.freshAt + 1 : from, index);
    return index;
  }

  #remember({ codePoints, offsets }: CharacterRun, from: number, to: number): void {
    const late = this.#late;
    let length = this.#lateLength;
    for (let index = from; index < to; index++) {
      late[length++] = codePoints[index] ?? 0;
      late[length++] = offsets[index] ?? 0;
    }
    this.#lateLength = length;
    if (length > mostLate) this.#caughtUp();
  }

  #caughtUp(): PatternTracker {
    this.#tracker ??= createPatternTracker(this.#patterns.machine);
    const tracker = this.#tracker;
    if (this.#start) tracker.resume(this.#start, this.#startAt);
    this.#start = undefined;
    for (let index = 0; index < this.#lateLength; index += 2) {
      tracker.step(this.#late[index] ?? 0, this.#late[index + 1] ?? 0);
    }
    this.#lateLength = 0;
    return tracker;
  }
}
