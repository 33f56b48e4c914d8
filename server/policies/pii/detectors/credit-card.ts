import { endsNumber, startsNumber } from "../boundaries.ts";
import { isDigitAt } from "../characters.ts";
import type { Detector, Tell } from "../detector.ts";
import type { Subject } from "../subject.ts";
import { hasIssuer } from "./card-issuers.ts";
import { passesLuhn } from "./luhn.ts";

/** Numbers of payment cards: 12 to 19 digits, whole or in groups, with an issuer and the right check digit. */
export const creditCard: Detector = {
  entity: "CREDIT_CARD",
  canary: "card 4111 1111 1111 1111",
  find(subject, tell) {
    for (let group = 0; group < subject.starts.length; group++) findFrom(subject, group, tell);
  },
  span: {
    // 19 digits in groups of four, and what decides about the end.
    longest: 26,
    within: (unit) => (unit >= 48 && unit <= 57) || unit === 45 || unit === 46 || unit === 32,
    startsAt: (text, position) => isDigitAt(text, position) && !isDigitAt(text, position - 1),
  },
};

function findFrom(subject: Subject, group: number, tell: Tell): void {
  const { starts, ends } = subject;
  const start = starts[group] ?? 0;
  const length = (ends[group] ?? 0) - start;
  if (length >= 12 && length <= 19) tellCard(subject, start, start + length, tell);
  if (length !== 4) return;
  let shape = "4";
  for (let next = group + 1; next < starts.length && shape.length < 9; next++) {
    if (!isJoined(subject, group, next)) break;
    const nextLength = (ends[next] ?? 0) - (starts[next] ?? 0);
    if (nextLength > 6) break;
    shape += `-${nextLength}`;
    const isCard = anywhere.has(shape) || (alone.has(shape) && isAlone(subject, group, next));
    if (isCard) tellCard(subject, start, ends[next] ?? 0, tell);
  }
}

function tellCard(subject: Subject, start: number, end: number, tell: Tell): void {
  const { text } = subject;
  const digits = text.slice(start, end).replaceAll(/[ .-]/g, "");
  if (!hasIssuer(digits) || !passesLuhn(digits)) return;
  if (startsNumber(subject, start) && endsNumber(text, end)) tell(start, end);
}

/** Whether one separator, the same as behind the first group, joins a group to the one before it. */
function isJoined({ text, starts, ends }: Subject, first: number, group: number): boolean {
  const gap = ends[group - 1] ?? 0;
  if (starts[group] !== gap + 1) return false;
  const separator = text.charCodeAt(gap);
  const isSeparator = separator === 32 || separator === 45 || separator === 46;
  return isSeparator && separator === text.charCodeAt(ends[first] ?? 0);
}

/** Whether no further number is joined on in the same way. */
function isAlone(subject: Subject, first: number, last: number): boolean {
  const { text, starts, ends } = subject;
  const separator = text.charCodeAt(ends[first] ?? 0);
  const start = starts[first] ?? 0;
  const isBefore = text.charCodeAt(start - 1) === separator && isDigitAt(text, start - 2);
  const end = ends[last] ?? 0;
  return !isBefore && !(text.charCodeAt(end) === separator && isDigitAt(text, end + 1));
}

/** How cards print their numbers: by the lengths of the groups. These are found among other numbers too. */
const anywhere = new Set(["4-4-4-4", "4-6-5", "4-6-4"]);
/** Shapes that rows of ordinary numbers also have. */
const alone = new Set([
  "4-4-4",
  "4-4-4-1",
  "4-4-4-2",
  "4-4-4-3",
  "4-4-4-4-1",
  "4-4-4-4-2",
  "4-4-4-4-3",
  "4-5-6",
]);
