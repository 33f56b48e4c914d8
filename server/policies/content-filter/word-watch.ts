import type { Watch } from "./watch.ts";
import type { WordAutomaton } from "./word-automaton.ts";
import { isJoined } from "./word-boundary.ts";

/** Looks for words that stand by themselves: neither letter nor digit joins them to what is before or behind. */
export function createWordWatch(automaton: WordAutomaton): Watch {
  // The latest characters, as many as a word is long and a neighbour; a power of two, so that places are masked out.
  const size = 2 ** Math.ceil(Math.log2(automaton.longest + 2));
  const mask = size - 1;
  const characters = new Int32Array(size);
  const offsets = new Float64Array(size);
  let count = 0;
  let state = 0;
  /** A rule whose word has just ended, if no letter follows. */
  let pending = -1;

  /** Whether a word may begin so many characters before the end. */
  const mayBegin = (length: number) => {
    const first = count - length;
    if (first === 0) return true;
    return !isJoined(characters[(first - 1) & mask] ?? 0, characters[first & mask] ?? 0);
  };
  const last = () => characters[(count - 1) & mask] ?? 0;
  const hit = () => {
    for (const { length, rule } of automaton.hitsAt(state)) if (mayBegin(length)) return rule;
    return -1;
  };

  return {
    step(codePoint, at) {
      if (pending >= 0 && !isJoined(last(), codePoint)) return pending;
      characters[count & mask] = codePoint;
      offsets[count & mask] = at;
      count += 1;
      if (state === 0 && !automaton.mayBegin(codePoint)) {
        pending = -1;
        return -1;
      }
      state = automaton.next(state, codePoint);
      pending = state === 0 ? -1 : hit();
      return -1;
    },
    atEnd: () => pending,
    heldFrom(at) {
      for (let live = state; live !== 0; live = automaton.shorter(live)) {
        const depth = automaton.depthOf(live);
        if (mayBegin(depth)) return offsets[(count - depth) & mask] ?? at;
      }
      return at;
    },
  };
}
