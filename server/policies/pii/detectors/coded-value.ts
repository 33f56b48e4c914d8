import type { PiiEntity } from "../../../core/pii-entities.ts";
import { isAlphanumericAt, isCodeUnit, isWordAt } from "../characters.ts";
import { isInside, mostCodeLength } from "../codes.ts";
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

/** Makes the detector of a code, at most 24 characters long. */
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
      longest: mostCodeLength + 3,
      within: isCodeUnit,
      startsAt: (text, position) => isAlphanumericAt(text, position) && !isInside(text, position),
    },
    find(subject, tell) {
      const { text } = subject;
      for (const { start, end, firstDigit, digits } of subject.codes()) {
        if (digits < leastDigits || isWordAt(text, start - 1) || isWordAt(text, end)) continue;
        if (!form.test(text.slice(start, end))) continue;
        if (hasContext(subject, firstDigit, contextWords)) tell(start, end);
      }
    },
  };
}
