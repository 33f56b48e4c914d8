import { createRun } from "./character-run.ts";
import { createPatternWatch } from "./pattern-watch.ts";
import { type CharacterReader, plainText, type Reading } from "./readings.ts";
import { createTextFolder, type TextFolder } from "./text-folder.ts";
import type { RuleName, TextRules } from "./text-rules.ts";
import type { Watch } from "./watch.ts";
import { createWordWatch } from "./word-watch.ts";

/** Looks for all rules in a text that comes in pieces; what it finds does not depend on the pieces. */
export interface TextWatch {
  /** Takes a piece, and gives the first rule that has matched by now. */
  push(piece: string): RuleName | undefined;
  /** The rule that matches if the text ends here. It may go on all the same. */
  atEnd(): RuleName | undefined;
  /** Everything before this offset has no part in any match that may still come, in UTF-16 code units from the start. */
  readonly settledBefore: number;
}

/** One for all texts: a piece is looked through in one go, so they are in nobody's hands between pieces. */
const run = createRun();
const foldedRun = createRun();

/** Begins at the start of a text. */
export function createTextWatch(rules: TextRules, reading: Reading = plainText): TextWatch {
  return new AllRulesWatch(rules, reading);
}

/** A class, as `PatternWatch` is one. */
class AllRulesWatch implements TextWatch {
  readonly #names: readonly RuleName[];
  readonly #raw: Watch | undefined;
  readonly #folded: Watch[] = [];
  readonly #folder: TextFolder | undefined;
  readonly #reader: CharacterReader;
  /** The rule that matched first, and the index in the run of the character that showed it. */
  #found = -1;
  #foundAt = 0;

  constructor({ names, words, patterns, foldedPatterns }: TextRules, reading: Reading) {
    this.#names = names;
    this.#raw = patterns && createPatternWatch(patterns);
    if (words) this.#folded.push(createWordWatch(words));
    if (foldedPatterns) this.#folded.push(createPatternWatch(foldedPatterns));
    if (this.#folded.length > 0) {
      this.#folder = createTextFolder({ run: foldedRun, take: () => this.#lookFolded() });
    }
    this.#reader = reading({ run, take: () => this.#look() });
  }

  push(piece: string): RuleName | undefined {
    if (this.#found < 0) this.#reader.push(piece);
    this.#look();
    return this.#names[this.#found];
  }

  atEnd(): RuleName | undefined {
    this.#folder?.flush();
    if (this.#found < 0 && this.#raw) this.#found = this.#raw.atEnd(this.#reader.settledBefore);
    for (const watch of this.#folded) {
      if (this.#found < 0) this.#found = watch.atEnd(this.#reader.settledBefore);
    }
    return this.#names[this.#found];
  }

  get settledBefore(): number {
    let settled = this.#reader.settledBefore;
    if (this.#raw) settled = Math.min(settled, this.#raw.heldFrom(settled));
    for (const watch of this.#folded) settled = Math.min(settled, watch.heldFrom(settled));
    return Math.min(settled, this.#folder?.heldFrom ?? settled);
  }

  #look(): void {
    if (this.#found < 0) {
      const index = this.#raw ? this.#raw.read(run) : run.count;
      if (this.#raw && index < run.count) this.#note(this.#raw.found, index);
      this.#folder?.fold(run);
    }
    run.count = 0;
  }

  #lookFolded(): void {
    const first = this.#folded.every(hasNotFound) && firstToFind(this.#folded);
    if (first) this.#note(first.watch.found, foldedRun.sources[first.index] ?? 0);
    foldedRun.count = 0;
  }

  #note(rule: number, at: number): void {
    if (this.#found >= 0 && this.#foundAt <= at) return;
    this.#found = rule;
    this.#foundAt = at;
  }
}

function hasNotFound({ found }: Watch): boolean {
  return found < 0;
}

/** Of those that find something in the run that was folded, the one that finds it first. */
function firstToFind(watches: readonly Watch[]): { watch: Watch; index: number } | undefined {
  let index = foldedRun.count;
  let first: Watch | undefined;
  for (const watch of watches) {
    const at = watch.read(foldedRun);
    if (at >= index) continue;
    index = at;
    first = watch;
  }
  return first && { watch: first, index };
}
