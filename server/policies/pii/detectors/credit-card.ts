import { endsNumber, startsNumber } from "../boundaries.ts";
import { isDigitAt, isGroupedUnit } from "../characters.ts";
import { hasContext } from "../context-words.ts";
import { type Detector, startsRun, type Tell } from "../detector.ts";
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
  // 19 digits in groups of four, and what decides about the end.
  span: { longest: 26, within: isGroupedUnit, startsAt: startsRun },
};

/** A run of digits on the way: where it starts, and what its first four digits are as a number. */
interface Beginning {
  readonly start: number;
  readonly firstFour: number;
}

function findFrom(subject: Subject, group: number, tell: Tell): void {
  const { text, starts, ends } = subject;
  const start = starts[group] ?? 0;
  const length = (ends[group] ?? 0) - start;
  if (length !== 4 && length !== 6 && (length < 12 || length > 19)) return;
  const beginning = { start, firstFour: firstFourAt(text, start) };
  if (length === 4) findGrouped(subject, group, beginning, tell);
  else if (length === 6) findSixAndThirteen(subject, group, beginning, tell);
  else if (isCard(subject, beginning, length, start + length)) tell(start, start + length);
}

/** Several groups: which lengths they may have, `shapes` says. */
function findGrouped(subject: Subject, group: number, beginning: Beginning, tell: Tell): void {
  const { starts, ends } = subject;
  let digits = 4;
  let shape = 4;
  for (let next = group + 1; next < starts.length && shape < 10_000; next++) {
    if (!isJoined(subject, group, next)) return;
    const end = ends[next] ?? 0;
    const length = end - (starts[next] ?? 0);
    if (length > 6) return;
    digits += length;
    shape = 10 * shape + length;
    if (!anywhere.has(shape) && !(alone.has(shape) && isAlone(subject, group, next))) continue;
    if (!isCard(subject, beginning, digits, end) || isInDump(subject, beginning.start)) continue;
    tell(beginning.start, end);
  }
}

/** UnionPay prints the six digits of the issuer, and then all others. */
function findSixAndThirteen(
  subject: Subject,
  group: number,
  beginning: Beginning,
  tell: Tell,
): void {
  const next = group + 1;
  const start = subject.starts[next] ?? 0;
  const end = subject.ends[next] ?? 0;
  if (end - start !== 13 || !isJoined(subject, group, next)) return;
  if (isAlone(subject, group, next) && isCard(subject, beginning, 19, end))
    tell(beginning.start, end);
}

function isCard(
  subject: Subject,
  { start, firstFour }: Beginning,
  length: number,
  end: number,
): boolean {
  const { text } = subject;
  if (!hasIssuer(firstFour, length) || !passesLuhn(text, start, end)) return false;
  if (!startsNumber(subject, start) || !endsNumber(text, end)) return false;
  return length > 14 || !hasContext(subject, start, articleWords);
}

function firstFourAt(text: string, start: number): number {
  let number = 0;
  for (let at = start; at < start + 4; at++) number = 10 * number + text.charCodeAt(at) - 48;
  return number;
}

/** Whether one separator, the same as behind the first group, joins a group to the one before it. */
function isJoined({ text, starts, ends }: Subject, first: number, group: number): boolean {
  const gap = ends[group - 1] ?? 0;
  if (starts[group] !== gap + 1) return false;
  const separator = text.charCodeAt(gap);
  const isSeparator = separator === 32 || separator === 45 || separator === 46;
  return isSeparator && separator === text.charCodeAt(ends[first] ?? 0);
}

/** Whether four hexadecimal digits, a letter among them, stand before: a dump of bytes has groups of four figures too. */
function isInDump({ text, floorOf }: Subject, start: number): boolean {
  const before = text.slice(Math.max(0, floorOf(start), start - 5), start);
  return dumped.test(before) && /[0-9]/.test(before) && /[a-f]/i.test(before);
}

const dumped = /^[0-9a-f]{4}[ -]$/i;

/** Whether no further number is joined on in the same way. */
function isAlone(subject: Subject, first: number, last: number): boolean {
  const { text, starts, ends } = subject;
  const separator = text.charCodeAt(ends[first] ?? 0);
  const start = starts[first] ?? 0;
  const isBefore = text.charCodeAt(start - 1) === separator && isDigitAt(text, start - 2);
  const end = ends[last] ?? 0;
  return !isBefore && !(text.charCodeAt(end) === separator && isDigitAt(text, end + 1));
}

/** What articles and books are numbered by has 12 to 14 digits as well. */
const articleWords = new Set(["ean", "gtin", "upc", "isbn", "barcode", "barcodes"]);

/** How cards print their numbers: 4-4-4-4, 4-6-5 and 4-6-4. These are found among other numbers too. */
const anywhere = new Set([4444, 465, 464]);
/** Shapes that rows of ordinary numbers also have, such as 4-4-4. */
const alone = new Set([444, 445, 456, 4333, 4441, 4442, 4443, 44_441, 44_442, 44_443]);
