import type { CharacterRun } from "./character-run.ts";
import type { Watch } from "./watch.ts";
import type { WordAutomaton } from "./word-automaton.ts";
import { isJoined } from "./word-boundary.ts";

/** Looks for words that stand by themselves: neither letter nor digit joins them to what is before or behind. */
export function createWordWatch(automaton: WordAutomaton): Watch {
  let state = 0;
  /** A rule whose word has just ended, if no letter follows. */
  let pending = -1;
  let found = -1;
  /** The last characters of the runs before, so many of them: the word under way, and its neighbour. */
  const before: number[] = [];
  const beforeAt: number[] = [];
  let kept = 0;
  let here: CharacterRun | undefined;

  /** By its index in the run; undefined where the text has not begun. */
  const characterAt = (index: number): number | undefined =>
    index < 0 ? before[kept + index] : here?.codePoints[index];
  const mayBegin = (first: number): boolean => {
    const neighbour = characterAt(first - 1);
    return neighbour === undefined || !isJoined(neighbour, characterAt(first) ?? 0);
  };
  /** The rule of the longest word that ends with this character, in this state. */
  const hitAt = (index: number, reached: number): number => {
    for (const { length, rule } of automaton.hitsAt(reached)) {
      if (mayBegin(index + 1 - length)) return rule;
    }
    return -1;
  };
  const remember = ({ codePoints, offsets, count }: CharacterRun) => {
    const needed = automaton.depthOf(state) + 1;
    const excess = Math.max(0, kept + count - needed);
    const first = Math.max(0, excess - kept);
    for (let index = excess; index < kept; index++) {
      before[index - excess] = before[index] ?? 0;
      beforeAt[index - excess] = beforeAt[index] ?? 0;
    }
    kept = Math.max(0, kept - excess);
    for (let index = first; index < count; index++, kept++) {
      before[kept] = codePoints[index] ?? 0;
      beforeAt[kept] = offsets[index] ?? 0;
    }
  };
  const read = (run: CharacterRun): number => {
    const { codePoints, count } = run;
    let reached = state;
    let hit = pending;
    for (let index = 0; index < count; index++) {
      const codePoint = codePoints[index] ?? 0;
      if (hit >= 0 && !isJoined(characterAt(index - 1) ?? 0, codePoint)) {
        found = hit;
        return index;
      }
      reached = automaton.next(reached, codePoint);
      hit = reached === 0 ? -1 : hitAt(index, reached);
    }
    state = reached;
    pending = hit;
    remember(run);
    return count;
  };

  return {
    read(run) {
      here = run;
      const index = read(run);
      here = undefined;
      return index;
    },
    get found() {
      return found;
    },
    atEnd: () => pending,
    heldFrom(at) {
      for (let live = state; live !== 0; live = automaton.shorter(live)) {
        const first = -automaton.depthOf(live);
        if (mayBegin(first)) return beforeAt[kept + first] ?? at;
      }
      return at;
    },
  };
}
