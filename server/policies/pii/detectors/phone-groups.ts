import type { Subject } from "../subject.ts";

/** Runs of digits that may be one telephone number: from one run on, up to one of several later ones. */
export interface PhoneGroups {
  /** How many digits each run has. */
  readonly lengths: readonly number[];
  /** What stands between each run and the next. */
  readonly gaps: readonly string[];
}

const mostGroups = 8;
const mostDigits = 15;

/** The runs from one on that what people write between groups of digits joins; 15 digits at most. */
export function phoneGroups({ text, starts, ends }: Subject, first: number): PhoneGroups {
  const lengths = [(ends[first] ?? 0) - (starts[first] ?? 0)];
  const gaps: string[] = [];
  let digits = lengths[0] ?? 0;
  for (let group = first + 1; group < starts.length && lengths.length < mostGroups; group++) {
    const start = starts[group] ?? 0;
    const before = ends[group - 1] ?? 0;
    if (start - before > 3) break;
    const gap = start - before === 1 ? (text[before] ?? "") : text.slice(before, start);
    const length = (ends[group] ?? 0) - start;
    digits += length;
    if (digits > mostDigits || !joints.has(gap)) break;
    gaps.push(gap);
    lengths.push(length);
  }
  return { lengths, gaps };
}

const joints = new Set([
  " ",
  "-",
  ".",
  "/",
  " - ",
  "(",
  ")",
  ") ",
  ")-",
  ").",
  " (",
  "-(",
  ".(",
  ")(",
]);
