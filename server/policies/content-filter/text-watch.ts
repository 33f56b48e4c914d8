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

/** Begins at the start of a text. */
export function createTextWatch(rules: TextRules, reading: Reading = plainText): TextWatch {
  const { names, words, patterns, foldedPatterns } = rules;
  const raw = patterns && createPatternWatch(patterns);
  const folded = [
    ...(words ? [createWordWatch(words)] : []),
    ...(foldedPatterns ? [createPatternWatch(foldedPatterns)] : []),
  ];
  let found = -1;
  const note = (rule: number) => {
    if (found < 0) found = rule;
  };
  const folder = createTextFolder((codePoint, at) => {
    for (const watch of folded) note(watch.step(codePoint, at));
  });
  const take = (codePoint: number, at: number) => {
    if (raw) note(raw.step(codePoint, at));
    if (folded.length > 0) folder.take(codePoint, at);
  };
  const reader = reading(take);
  const watches: readonly Watch[] = [...(raw ? [raw] : []), ...folded];
  const nameOf = (rule: number) => (rule < 0 ? undefined : names[rule]);

  return {
    push(piece) {
      reader.push(piece);
      return nameOf(found);
    },
    atEnd() {
      folder.flush();
      for (const watch of watches) note(watch.atEnd(reader.settledBefore));
      return nameOf(found);
    },
    get settledBefore() {
      let settled = reader.settledBefore;
      for (const watch of watches) settled = Math.min(settled, watch.heldFrom(settled));
      return Math.min(settled, folder.heldFrom ?? settled);
    },
  };
}
