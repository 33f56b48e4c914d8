import type { MachineState, PatternMachine } from "./pattern-machine.ts";

/** A longer match is none, in whatever pieces a text comes: more than this is never held back. In UTF-16 code units. */
export const longestMatch = 4096;

/**
 * Runs patterns over a text and knows where what is alive began. Of all ways that lead to a state, two beginnings are
 * kept: the latest, by which it is decided whether there is a match, and the earliest, from which the text is held back.
 */
export interface PatternTracker {
  readonly state: MachineState;
  /** One more character, and where it begins: the rule that has matched before it; -1 where none has. */
  step(codePoint: number, at: number): number;
  /** The rule that matches if the text ends here; -1 where none does. */
  atEnd(at: number): number;
  /** Where what has been alive longest began; undefined where nothing is. */
  readonly earliest: number | undefined;
  /** Goes on from a state in which whatever is alive began at one place. */
  resume(fresh: MachineState, at: number): void;
}

/** Begins at the start of a text. */
export function createPatternTracker(machine: PatternMachine): PatternTracker {
  let state = machine.start;
  /** As many count as are alive in the state; what stands behind them means nothing. */
  let earliest: number[] = [];
  let latest: number[] = [];
  let spare: number[] = [];

  /** Where the threads behind a step began. */
  const begun = (before: number[], from: readonly number[], at: number): number[] => {
    if (from.length === 0) return before;
    const after = spare;
    spare = before;
    for (let index = 0; index < from.length; index++) {
      const origin = from[index] ?? -1;
      after[index] = origin < 0 ? at : (before[origin] ?? at);
    }
    return after;
  };
  const matched = (matches: readonly { from: number; rule: number }[], at: number): number => {
    for (const { from, rule } of matches) {
      const length = at - (latest[from] ?? at);
      if (length > 0 && length <= longestMatch) return rule;
    }
    return -1;
  };

  return {
    get state() {
      return state;
    },
    step(codePoint, at) {
      const { to, earliestFrom, latestFrom, matches } = machine.step(state, codePoint);
      const rule = matches.length === 0 ? -1 : matched(matches, at);
      state = to;
      earliest = begun(earliest, earliestFrom, at);
      latest = begun(latest, latestFrom, at);
      return rule;
    },
    atEnd: (at) => matched(machine.step(state, -1).matches, at),
    get earliest() {
      return state.earliest.length > 0 ? earliest[0] : undefined;
    },
    resume(fresh, at) {
      state = fresh;
      for (let index = 0; index < fresh.earliest.length; index++) {
        earliest[index] = at;
        latest[index] = at;
      }
    },
  };
}
