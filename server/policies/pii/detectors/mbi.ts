import { isCodeUnit, isDigitAt, isLetterAt, isWordAt } from "../characters.ts";
import type { Detector } from "../detector.ts";

/** Medicare beneficiary identifiers, eleven characters, with or without hyphens (CMS, "Understanding the MBI format"). */
export const mbi: Detector = {
  entity: "MBI",
  canary: "mbi 1EG4-TE5-MK73",
  span: {
    longest: 15,
    within: isCodeUnit,
    startsAt: (text, position) =>
      isDigitAt(text, position) && !isWordAt(text, position - 1) && text[position] !== "0",
  },
  find({ text, starts }, tell) {
    for (const start of starts) {
      if (!isLetterAt(text, start + 1)) continue;
      if (isWordAt(text, start - 1) || text[start - 1] === "-") continue;
      const end = start + lengthOf(text.slice(start, start + 13));
      if (end > start && !isWordAt(text, end) && text[end] !== "-") tell(start, end);
    }
  },
};

/** In small letters only with hyphens: without, codes of other kinds look the same. */
function lengthOf(text: string): number {
  if (hyphenated.test(text.toUpperCase())) return 13;
  return plain.test(text) ? 11 : 0;
}

const c = "[1-9]";
const a = "[AC-HJKMNP-RT-Y]";
const n = "[0-9]";
const an = "[0-9AC-HJKMNP-RT-Y]";
const plain = new RegExp(`^${c}${a}${an}${n}${a}${an}${n}${a}${a}${n}${n}`);
const hyphenated = new RegExp(`^${c}${a}${an}${n}-${a}${an}${n}-${a}${a}${n}${n}$`);
