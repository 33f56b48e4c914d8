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
export function createPatternWatch({ machine, skim }: Patterns): Watch {
  const cursor: Cursor = { state: machine.start, freshAt: -1, fresh: machine.start };
  /** Most texts need none. */
  let tracker: PatternTracker | undefined;
  /** What was skimmed and not tracked: each code point, and behind it where it begins. Grows, and never shrinks. */
  const late: number[] = [];
  let lateLength = 0;
  /** The state behind the fresh step before what is late; undefined where that goes on from where the tracker is. */
  let fresh: MachineState | undefined = machine.start;
  let freshAt = 0;
  let found = -1;

  const caughtUp = (): PatternTracker => {
    tracker ??= createPatternTracker(machine);
    if (fresh) tracker.resume(fresh, freshAt);
    fresh = undefined;
    for (let index = 0; index < lateLength; index += 2) {
      tracker.step(late[index] ?? 0, late[index + 1] ?? 0);
    }
    lateLength = 0;
    return tracker;
  };
  const remember = ({ codePoints, offsets }: CharacterRun, from: number, to: number) => {
    for (let index = from; index < to; index++) {
      late[lateLength++] = codePoints[index] ?? 0;
      late[lateLength++] = offsets[index] ?? 0;
    }
    if (lateLength > mostLate) caughtUp();
  };
  /** Reads from an index on; what is late goes on there. */
  const readFrom = (run: CharacterRun, from: number): number => {
    const index = skim(cursor, run, from);
    const isFresh = cursor.freshAt >= 0;
    if (isFresh) {
      fresh = cursor.fresh;
      freshAt = run.offsets[cursor.freshAt] ?? 0;
      lateLength = 0;
    }
    remember(run, isFresh ? cursor.freshAt + 1 : from, index);
    return index;
  };

  return {
    read(run) {
      const { codePoints, offsets, count } = run;
      for (let index = readFrom(run, 0); index < count; index = readFrom(run, index + 1)) {
        const exact = caughtUp();
        found = exact.step(codePoints[index] ?? 0, offsets[index] ?? 0);
        if (found >= 0) return index;
        cursor.state = exact.state;
      }
      return count;
    },
    get found() {
      return found;
    },
    atEnd: (at) =>
      machine.step(cursor.state, -1).matches.length === 0 ? -1 : caughtUp().atEnd(at),
    heldFrom(at) {
      if (cursor.state.number <= mostIdle) return at;
      return Math.max(caughtUp().earliest ?? at, at - longestMatch);
    },
  };
}

/** So that what is late takes no more memory than what is held back; two for each character. */
const mostLate = 2 * longestMatch;
