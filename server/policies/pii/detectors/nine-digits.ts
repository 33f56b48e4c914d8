import { endsNumber, startsNumber } from "../boundaries.ts";
import { isDigitAt, isGroupedUnit } from "../characters.ts";
import { hasContext } from "../context-words.ts";
import { type Span, startsRun, type Tell } from "../detector.ts";
import type { Subject } from "../subject.ts";

/** What makes nine digits a number of one kind. */
export interface NineDigits {
  /** Given all nine. */
  isValid(digits: string): boolean;
  /** One of these has to stand before nine digits that nothing separates. */
  readonly contextWords: ReadonlySet<string>;
}

/** Finds AAA-GG-SSSS with one kind of separator, a hyphen, space or dot, and AAAGGSSSS behind a word that says what it is. */
export function findNineDigits(subject: Subject, kind: NineDigits, tell: Tell): void {
  const { starts, ends } = subject;
  for (let group = 0; group < starts.length; group++) {
    const start = starts[group] ?? 0;
    const length = (ends[group] ?? 0) - start;
    if (length === 3) findSeparated(subject, group, kind, tell);
    if (length === 9) findBare(subject, start, kind, tell);
  }
}

function findBare(subject: Subject, start: number, kind: NineDigits, tell: Tell): void {
  const { text } = subject;
  if (!kind.isValid(text.slice(start, start + 9))) return;
  if (!startsNumber(subject, start) || !endsNumber(text, start + 9)) return;
  if (hasContext(subject, start, kind.contextWords)) tell(start, start + 9);
}

function findSeparated(subject: Subject, group: number, kind: NineDigits, tell: Tell): void {
  const { text, starts, ends } = subject;
  const start = starts[group] ?? 0;
  const isShaped =
    starts[group + 1] === start + 4 &&
    ends[group + 1] === start + 6 &&
    starts[group + 2] === start + 7 &&
    ends[group + 2] === start + 11;
  const separator = text[start + 3] ?? "";
  if (!isShaped || !separators.has(separator) || text[start + 6] !== separator) return;
  const digits =
    text.slice(start, start + 3) +
    text.slice(start + 4, start + 6) +
    text.slice(start + 7, start + 11);
  if (!kind.isValid(digits) || !startsNumber(subject, start) || !endsNumber(text, start + 11))
    return;
  if (separator !== " " || isAlone(text, start) || hasContext(subject, start, kind.contextWords)) {
    tell(start, start + 11);
  }
}

/** Whether no other numbers stand beside it: in a row of numbers 3, 2 and 4 digits are no more than that. */
function isAlone(text: string, start: number): boolean {
  const isBeside = text[start - 1] === " " && isDigitAt(text, start - 2);
  return !isBeside && !(text[start + 11] === " " && isDigitAt(text, start + 12));
}

const separators = new Set(["-", " ", "."]);

/** Nine digits, two separators, and what decides about the end. */
export const nineDigitsSpan: Span = { longest: 13, within: isGroupedUnit, startsAt: startsRun };
