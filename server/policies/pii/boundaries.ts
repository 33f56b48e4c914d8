import { isAlphanumericAt, isDigitAt, isLetterAt, isWordAt } from "./characters.ts";
import type { Subject } from "./subject.ts";

/**
 * Whether a number may start here: not within a word or a longer number, and not as a later part of something joined by
 * hyphens or dots, as in UUIDs and versions. A plain word may be joined on: `SSN-`, `card.`.
 */
export function startsNumber({ text, floorOf }: Subject, start: number): boolean {
  if (isWordAt(text, start - 1)) return false;
  if (!isJoint(text, start - 1) || !isAlphanumericAt(text, start - 2)) return true;
  const floor = floorOf(start);
  let at = start - 2;
  while (at >= floor && isLetterAt(text, at)) at--;
  return at < floor || !(isAlphanumericAt(text, at) || isJoint(text, at));
}

/** Whether a number may end here: no word and no other number goes on from it. */
export function endsNumber(text: string, end: number): boolean {
  if (isWordAt(text, end)) return false;
  return !(isJoint(text, end) && isDigitAt(text, end + 1));
}

function isJoint(text: string, position: number): boolean {
  const unit = text.charCodeAt(position);
  return unit === 45 || unit === 46;
}
