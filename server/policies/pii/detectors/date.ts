import { endsNumber, startsNumber } from "../boundaries.ts";
import { isDigitAt, isWordAt } from "../characters.ts";
import type { Detector, Tell } from "../detector.ts";
import type { Subject } from "../subject.ts";

/** Dates with more than a year, in figures or with an English name of the month. */
export const date: Detector = {
  entity: "DATE",
  canary: "born January 15, 1985",
  span: {
    longest: 36,
    within: (unit) =>
      (unit >= 44 && unit <= 57) ||
      (unit >= 65 && unit <= 90) ||
      (unit >= 97 && unit <= 122) ||
      unit === 32,
    startsAt: mayStart,
  },
  find(subject, tell) {
    findWithNames(subject, tell);
    const { text, starts, ends } = subject;
    for (let group = 0; group < starts.length; group++) {
      const start = starts[group] ?? 0;
      const gap = ends[group] ?? 0;
      if (gap - start > 4 || starts[group + 1] !== gap + 1 || !isSeparator(text, gap)) continue;
      const found = inFigures(text.slice(start, start + 10));
      if (found === 0 || !startsNumber(subject, start)) continue;
      const end = start + found;
      const isBeforeTime = text[end] === "T" && isDigitAt(text, end + 1);
      if (isBeforeTime || endsNumber(text, end)) tell(start, end);
    }
  },
};

function findWithNames(subject: Subject, tell: Tell): void {
  const { text } = subject;
  for (const form of [monthFirst, dayFirst]) {
    for (const { 0: found, index } of text.matchAll(form)) {
      const end = index + found.length;
      if (!isWordAt(text, index - 1) && !isWordAt(text, end)) tell(index, end);
    }
  }
}

function isSeparator(text: string, position: number): boolean {
  const unit = text.charCodeAt(position);
  return unit >= 45 && unit <= 47;
}

/** How long the date at the beginning of a text is; 0 if there is none. */
function inFigures(text: string): number {
  const [found, first = "", , second = "", third = ""] = figures.exec(text) ?? [];
  if (found === undefined) return 0;
  const [year, one, two] = first.length === 4 ? [first, second, third] : [third, first, second];
  if (first.length === 4 ? third.length > 2 : third.length === 3) return 0;
  if (year.length < 4 && (year.length !== 2 || !found.includes("/"))) return 0;
  const isYear = year.length === 2 || (year >= "1800" && year < "2200");
  return isYear && isMonthAndDay(Number(one), Number(two)) ? found.length : 0;
}

function isMonthAndDay(one: number, two: number): boolean {
  if (one < 1 || two < 1) return false;
  return (one <= 12 && two <= 31) || (two <= 12 && one <= 31);
}

const figures = /^(\d{4}|\d{1,2})([-/.])(\d{1,2})\2(\d{1,4})(?!\d)/;
const names = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "sept",
  "october",
  "november",
  "december",
];
const month =
  "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])";
const day = "\\d{1,2}(?:st|nd|rd|th)?(?![a-z0-9])";
const year = "\\d{4}(?!\\d)";
const monthFirst = new RegExp(`${month}\\.? (?:${day}(?:,? ${year})?|${year})`, "gi");
const dayFirst = new RegExp(`(?<!\\d)${day}(?: of)? ${month}(?:\\.?,? ${year})?`, "gi");

/** Whether what there is from a position on may become a date; where in doubt, it may. */
function mayStart(text: string, position: number): boolean {
  if (isWordAt(text, position - 1)) return false;
  const rest = text.slice(position, position + 37).toLowerCase();
  if (isDigitAt(rest, 0)) return openFigures.test(rest) || openDay.test(rest);
  const [word = ""] = /^[a-z]*/.exec(rest) ?? [];
  if (word === "" || !names.some((name) => name.startsWith(word))) return false;
  return openMonth.test(rest.slice(word.length));
}

const openFigures = /^\d+(?:[-/.]\d*){0,2}[-.t]?$/;
const openDay = /^\d{1,2}[a-z]{0,2}(?: o?f?)?(?: [a-z]*)?\.?,?(?: \d*)?$/;
const openMonth = /^\.?(?: \d*[a-z]{0,2},?(?: \d*)?)?$/;
