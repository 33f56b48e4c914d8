import type { CharacterRun } from "./character-run.ts";
import type { Watch } from "./watch.ts";
import type { WordAutomaton } from "./word-automaton.ts";
import { isJoined } from "./word-boundary.ts";

/** Looks for words that stand by themselves: neither letter nor digit joins them to what is before or behind. */
export function createWordWatch(automaton: WordAutomaton): Watch {
  return new WordWatch(automaton);
}

/** A class, as `PatternWatch` is one. */
class WordWatch implements Watch {
  found = -1;
  readonly #automaton: WordAutomaton;
  #state = 0;
  /** A rule whose word has just ended, if no letter follows. */
  #pending = -1;
  /** The last characters of the runs before, so many of them: the word under way, and its neighbour. */
  readonly #before: number[] = [];
  readonly #beforeAt: number[] = [];
  #kept = 0;

  constructor(automaton: WordAutomaton) {
    this.#automaton = automaton;
  }

  read(run: CharacterRun): number {
    const { codePoints, count } = run;
    const automaton = this.#automaton;
    let state = this.#state;
    let pending = this.#pending;
    for (let index = 0; index < count; index++) {
      const codePoint = codePoints[index] ?? 0;
      if (state === 0 && automaton.beginsNone(codePoint)) continue;
      if (pending >= 0 && !isJoined(this.#characterAt(run, index - 1) ?? 0, codePoint)) {
        this.found = pending;
        return index;
      }
      state = automaton.next(state, codePoint);
      pending = state === 0 ? -1 : this.#hitAt(run, index, state);
    }
    this.#state = state;
    this.#pending = pending;
    this.#remember(run);
    return count;
  }

  atEnd(): number {
    return this.#pending;
  }

  heldFrom(at: number): number {
    const automaton = this.#automaton;
    for (let live = this.#state; live !== 0; live = automaton.shorter(live)) {
      const first = -automaton.depthOf(live);
      if (this.#mayBegin(undefined, first)) return this.#beforeAt[this.#kept + first] ?? at;
    }
    return at;
  }

  /** By its index in the run, below 0 in those before; undefined where the text has not begun. */
  #characterAt(run: CharacterRun | undefined, index: number): number | undefined {
    return index < 0 ? this.#before[this.#kept + index] : run?.codePoints[index];
  }

  #mayBegin(run: CharacterRun | undefined, first: number): boolean {
    const neighbour = this.#characterAt(run, first - 1);
    return neighbour === undefined || !isJoined(neighbour, this.#characterAt(run, first) ?? 0);
  }

  /** The rule of the longest word that ends with this character, in this state. */
  #hitAt(run: CharacterRun, index: number, state: number): number {
    for (const { length, rule } of this.#automaton.hitsAt(state)) {
      if (this.#mayBegin(run, index + 1 - length)) return rule;
    }
    return -1;
  }

  #remember({ codePoints, offsets, count }: CharacterRun): void {
    const needed = this.#automaton.depthOf(this.#state) + 1;
    const excess = Math.max(0, this.#kept + count - needed);
    const first = Math.max(0, excess - this.#kept);
    let kept = 0;
    for (let index = excess; index < this.#kept; index++, kept++) {
      this.#before[kept] = this.#before[index] ?? 0;
      this.#beforeAt[kept] = this.#beforeAt[index] ?? 0;
    }
    for (let index = first; index < count; index++, kept++) {
      this.#before[kept] = codePoints[index] ?? 0;
      this.#beforeAt[kept] = offsets[index] ?? 0;
    }
    this.#kept = kept;
  }
}
