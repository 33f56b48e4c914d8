import type { PiiEntity } from "../../core/pii-entities.ts";
import { isDigitAt, isDigitUnit } from "./characters.ts";
import type { Subject } from "./subject.ts";

/** Told of a candidate, by positions of the reading. */
export type Tell = (start: number, end: number) => void;

/** Finds one entity. */
export interface Detector {
  readonly entity: PiiEntity;
  /** A text in which it has to find something, or the process does not get ready. Made up. */
  readonly canary: string;
  /** Tells every candidate, in any order, overlapping ones too. Linear in the text. */
  find(subject: Subject, tell: Tell): void;
  /** How far a candidate reaches while the text may still go on. */
  readonly span: Span;
}

/**
 * What a candidate, and the decision about it, can look at from its first character on: no more than `longest` characters,
 * and nothing behind the first one that is not `within`, that one included.
 */
export interface Span {
  readonly longest: number;
  within(unit: number): boolean;
  /** Whether a candidate may start here, judging by what is there already. */
  startsAt(text: string, position: number): boolean;
}

/** The first position at which a candidate may still come up or change when the text goes on. */
export function openFrom(text: string, { longest, within, startsAt }: Span): number {
  const least = Math.max(0, text.length - longest);
  let open = text.length;
  while (open > least && within(text.charCodeAt(open - 1))) open--;
  while (open < text.length && !startsAt(text, open)) open++;
  return open;
}

/** The span of what is digits in one run, `longest` with the two characters that decide about the end. */
export function digitRunSpan(longest: number): Span {
  return {
    longest,
    within: (unit) => isDigitUnit(unit) || unit === 45 || unit === 46,
    startsAt: startsRun,
  };
}

/** Whether a run of digits starts here. */
export function startsRun(text: string, position: number): boolean {
  return isDigitAt(text, position) && !isDigitAt(text, position - 1);
}
