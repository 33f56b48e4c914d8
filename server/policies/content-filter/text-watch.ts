import { createRun } from "./character-run.ts";
import { createPatternWatch } from "./pattern-watch.ts";
import { plainText, type Reading } from "./readings.ts";
import { createTextFolder } from "./text-folder.ts";
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
  const { names, words, patterns, foldedPatterns } = rules;
  const raw = patterns && createPatternWatch(patterns);
  const folded: Watch[] = [];
  if (words) folded.push(createWordWatch(words));
  if (foldedPatterns) folded.push(createPatternWatch(foldedPatterns));
  const watches: readonly Watch[] = raw ? [raw, ...folded] : folded;
  /** The rule that matched first, and the index in the run of the character that showed it. */
  let found = -1;
  let foundAt = 0;

  const note = (rule: number, at: number) => {
    if (found >= 0 && foundAt <= at) return;
    found = rule;
    foundAt = at;
  };
  const lookFolded = () => {
    const first = folded.every((watch) => watch.found < 0) && firstToFind(folded);
    if (first) note(first.watch.found, foldedRun.sources[first.index] ?? 0);
    foldedRun.count = 0;
  };
  const folder =
    folded.length > 0 ? createTextFolder({ run: foldedRun, take: lookFolded }) : undefined;
  const look = () => {
    if (found < 0) {
      const index = raw ? raw.read(run) : run.count;
      if (raw && index < run.count) note(raw.found, index);
      folder?.fold(run);
    }
    run.count = 0;
  };
  const reader = reading({ run, take: look });
  const nameOf = (rule: number) => (rule < 0 ? undefined : names[rule]);

  return {
    push(piece) {
      if (found < 0) reader.push(piece);
      look();
      return nameOf(found);
    },
    atEnd() {
      folder?.flush();
      for (const watch of watches) if (found < 0) found = watch.atEnd(reader.settledBefore);
      return nameOf(found);
    },
    get settledBefore() {
      let settled = reader.settledBefore;
      for (const watch of watches) settled = Math.min(settled, watch.heldFrom(settled));
      return Math.min(settled, folder?.heldFrom ?? settled);
    },
  };
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
