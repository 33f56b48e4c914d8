import { isAlphanumericAt, isDigitAt } from "./characters.ts";

/** Letters, digits and inner hyphens in one piece, a digit among them. */
export interface Code {
  readonly start: number;
  readonly end: number;
  /** Where its first digit stands. */
  readonly firstDigit: number;
  readonly digits: number;
}

/** No code that anybody looks for is longer. */
export const mostCodeLength = 24;

/** All codes of a text, given where its runs of digits start, but for those that are too short or too long. */
export function findCodes(text: string, runs: readonly number[], leastLength: number): Code[] {
  const codes: Code[] = [];
  let lastEnd = 0;
  for (const firstDigit of runs) {
    if (firstDigit < lastEnd) continue;
    let start = firstDigit;
    while (start > lastEnd && isInside(text, start)) start--;
    let end = firstDigit + 1;
    while (isInside(text, end)) end++;
    lastEnd = end;
    const length = end - start;
    if (length < leastLength || length > mostCodeLength) continue;
    codes.push({ start, end, firstDigit, digits: digitsIn(text, firstDigit, end) });
  }
  return codes;
}

/** Whether a code goes on from the character before a position: through a hyphen only if more follows it. */
export function isInside(text: string, position: number): boolean {
  if (!isAlphanumericAt(text, position)) {
    return (
      text.charCodeAt(position) === hyphen &&
      isAlphanumericAt(text, position - 1) &&
      isAlphanumericAt(text, position + 1)
    );
  }
  if (isAlphanumericAt(text, position - 1)) return true;
  return text.charCodeAt(position - 1) === hyphen && isAlphanumericAt(text, position - 2);
}

function digitsIn(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) if (isDigitAt(text, at)) count++;
  return count;
}

const hyphen = 45;
