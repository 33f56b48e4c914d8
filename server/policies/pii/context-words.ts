import { classAt, digit, isDigitAt, letter, other } from "./characters.ts";
import type { Subject } from "./subject.ts";

/** How many words before a value may say what it is. */
const mostWords = 5;

/**
 * The words before a position, the nearest first, in lower case; `socialSecurity` and `social_security` are two each, and
 * every number is `0`.
 */
export function wordsBefore(subject: Subject, position: number): readonly string[] {
  const { text } = subject;
  const floor = subject.floorOf(position);
  const least = Math.max(floor, 0);
  const words: string[] = [];
  let end = position;
  while (words.length < mostWords && end > least) {
    while (end > least && classAt(text, end - 1) === other) end--;
    let start = end;
    while (start > least && goesOn(text, start, end)) start--;
    // A word at the very edge may have begun before it.
    if (start === floor) break;
    if (start < end)
      words.push(isDigitAt(text, start) ? "0" : text.slice(start, end).toLowerCase());
    end = start;
  }
  return words;
}

/** Whether one of these words or phrases of two words stands within the five words before a position. */
export function hasContext(
  subject: Subject,
  position: number,
  phrases: ReadonlySet<string>,
): boolean {
  const words = wordsBefore(subject, position);
  return words.some(
    (word, index) => phrases.has(word) || phrases.has(`${words[index + 1] ?? ""} ${word}`),
  );
}

function goesOn(text: string, start: number, end: number): boolean {
  const before = classAt(text, start - 1);
  if (before === other) return false;
  if (start === end) return true;
  const first = classAt(text, start);
  if ((before === digit) !== (first === digit)) return false;
  return !(
    before === letter &&
    isLower(text, start - 1) &&
    !isLower(text, start) &&
    first === letter
  );
}

function isLower(text: string, position: number): boolean {
  return text.charCodeAt(position) >= 97;
}
