import { isAlphanumericAt, isCodeUnit, isDigitAt, isLetterAt, isWordAt } from "../characters.ts";
import type { Detector } from "../detector.ts";
import { ibanLengths } from "./iban-lengths.ts";

/** International bank account numbers (ISO 13616), whole or in groups of four: the country's length, remainder 1 by 97. */
export const iban: Detector = {
  entity: "IBAN",
  canary: "iban GB82 WEST 1234 5698 7654 32",
  span: {
    // 34 characters, a space after each four, and what decides about the end.
    longest: 44,
    within: (unit) => isCodeUnit(unit) || unit === 32,
    startsAt: mayStart,
  },
  find({ text, starts, ends }, tell) {
    for (let group = 0; group < starts.length; group++) {
      const digits = starts[group] ?? 0;
      if ((ends[group] ?? 0) - digits < 2) continue;
      const start = digits - 2;
      if (!isLetterAt(text, start) || !isLetterAt(text, start + 1)) continue;
      const length = ibanLengths.get(text.slice(start, digits).toUpperCase());
      if (length === undefined || isWordAt(text, start - 1)) continue;
      const end = endOf(text, start, length);
      if (end > 0 && !isWordAt(text, end)) tell(start, end);
    }
  },
};

/** Where so many characters end, if they are an account number; 0 if not. One separator stands after each four or none. */
function endOf(text: string, start: number, length: number): number {
  const separator = text[start + 4] === " " || text[start + 4] === "-" ? text[start + 4] : "";
  let position = start;
  let number = "";
  while (number.length < length) {
    if (number.length > 0 && number.length % 4 === 0 && separator !== "") {
      if (text[position] !== separator) return 0;
      position++;
    }
    if (!isAlphanumericAt(text, position)) return 0;
    number += text[position++];
  }
  return remainderOf(number.toUpperCase()) === 1 ? position : 0;
}

/** By 97, with the first four characters behind the rest and letters as 10 to 35. */
function remainderOf(number: string): number {
  let remainder = 0;
  for (const character of number.slice(4) + number.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder;
}

/** Two letters and two digits, as far as there is text. */
function mayStart(text: string, position: number): boolean {
  if (isWordAt(text, position - 1)) return false;
  for (let at = 0; at < 4 && position + at < text.length; at++) {
    if (!(at < 2 ? isLetterAt : isDigitAt)(text, position + at)) return false;
  }
  return true;
}
