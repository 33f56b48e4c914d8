import type { PiiEntity } from "../../../core/pii-entities.ts";
import { isAlphanumericAt, isCodeUnit, isWordAt } from "../characters.ts";
import { hasContext } from "../context-words.ts";
import type { Detector } from "../detector.ts";

/** A code that nothing but the words before it tells from others. */
export interface CodedValue {
  readonly entity: PiiEntity;
  readonly canary: string;
  /** One of these has to stand within the five words before. */
  readonly contextWords: ReadonlySet<string>;
  readonly leastDigits: number;
  /** What a code of letters, digits and inner hyphens looks like. */
  readonly form: RegExp;
}

const mostLength = 24;

/** Makes the detector of a code, 5 to 24 characters long. */
export function createCodedValue({
  entity,
  canary,
  contextWords,
  leastDigits,
  form,
}: CodedValue): Detector {
  return {
    entity,
    canary,
    span: {
      longest: mostLength + 3,
      within: isCodeUnit,
      startsAt: (text, position) => isAlphanumericAt(text, position) && !isInside(text, position),
    },
    find(subject, tell) {
      const { text, starts } = subject;
      let lastEnd = 0;
      for (const digits of starts) {
        if (digits < lastEnd) continue;
        const start = startOf(text, digits);
        const end = endOf(text, start);
        if (end < 0 || isWordAt(text, start - 1) || isWordAt(text, end)) continue;
        lastEnd = end;
        const value = text.slice(start, end);
        if (!form.test(value) || value.replaceAll(/\D/g, "").length < leastDigits) continue;
        if (hasContext(subject, digits, contextWords)) tell(start, end);
      }
    },
  };
}

/** Where the code around a position starts; looks no further than a code may be long. */
function startOf(text: string, position: number): number {
  const least = Math.max(0, position - mostLength);
  let start = position;
  while (start > least && isInside(text, start)) start--;
  return start;
}

/** Where the code that starts at a position ends; -1 if it is too long or begins earlier. */
function endOf(text: string, start: number): number {
  if (isInside(text, start)) return -1;
  let end = start + 1;
  while (end - start <= mostLength && isInside(text, end)) end++;
  return end - start > mostLength ? -1 : end;
}

/** Whether a code goes on from the character before a position: through a hyphen only if more follows it. */
function isInside(text: string, position: number): boolean {
  if (!isAlphanumericAt(text, position)) {
    return (
      text[position] === "-" &&
      isAlphanumericAt(text, position - 1) &&
      isAlphanumericAt(text, position + 1)
    );
  }
  if (isAlphanumericAt(text, position - 1)) return true;
  return text[position - 1] === "-" && isAlphanumericAt(text, position - 2);
}
