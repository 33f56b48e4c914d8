import { type CountryCode, isValidPhoneNumber } from "libphonenumber-js/min";
import { endsNumber, startsNumber } from "../boundaries.ts";
import { hasContext } from "../context-words.ts";
import type { Tell } from "../detector.ts";
import type { Subject } from "../subject.ts";
import { phoneGroups } from "./phone-groups.ts";
import { nonPhoneWords, phoneWords } from "./phone-words.ts";

/**
 * Finds a number as it is written within a region outside the North American plan. It has to begin with 0 or a
 * parenthesis and have more than one group, or have three, or a word before it has to say what it is.
 */
export function findNational(
  subject: Subject,
  group: number,
  region: CountryCode,
  tell: Tell,
): void {
  const { text, starts, ends } = subject;
  const first = starts[group] ?? 0;
  if (text[first - 1] === "+") return;
  const start = text[first - 1] === "(" ? first - 1 : first;
  const { lengths } = phoneGroups(subject, group);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total < 7 || (lengths[0] ?? 0) > 15 || !startsNumber(subject, start)) return;
  for (let count = lengths.length, tries = 0; count > 0 && tries < mostTries; count--, tries++) {
    const end = ends[group + count - 1] ?? 0;
    if (!endsNumber(text, end) || !isTelling(subject, start, count)) continue;
    if (!isValidPhoneNumber(text.slice(start, end), region)) continue;
    tell(start, end);
    return;
  }
}

const mostTries = 3;

function isTelling(subject: Subject, start: number, count: number): boolean {
  const first = subject.text[start];
  if (count > 1 && (first === "0" || first === "(")) return true;
  if (hasContext(subject, start, nonPhoneWords)) return false;
  return count > 2 || hasContext(subject, start, phoneWords);
}
