import type { PatternMachine } from "./pattern-machine.ts";
import type { Watch } from "./watch.ts";

/** A longer match is none, in whatever pieces a text comes: more than this is never held back. In UTF-16 code units. */
export const longestMatch = 4096;

/**
 * Runs patterns over a text in time linear in its length. Of all ways that lead to a state, two beginnings are kept: the
 * latest, by which it is decided whether there is a match, and the earliest, from which the text is held back.
 */
export function createPatternWatch(machine: PatternMachine): Watch {
  let state = machine.start;
  let earliest: number[] = [];
  let latest: number[] = [];
  let spare: number[] = [];

  /** Where the threads behind a step began. */
  const begun = (before: number[], from: readonly number[], at: number): number[] => {
    const after = spare;
    spare = before;
    after.length = from.length;
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
    step(codePoint, at) {
      const { to, earliestFrom, latestFrom, matches } = machine.step(state, codePoint);
      const rule = matches.length === 0 ? -1 : matched(matches, at);
      state = to;
      if (earliestFrom.length > 0 || earliest.length > 0) {
        earliest = begun(earliest, earliestFrom, at);
        latest = begun(latest, latestFrom, at);
      }
      return rule;
    },
    atEnd: (at) => matched(machine.step(state, -1).matches, at),
    heldFrom: (at) => Math.max(earliest[0] ?? at, at - longestMatch),
  };
}
