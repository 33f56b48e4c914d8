import { isValidPhoneNumber } from "libphonenumber-js/min";
import { endsNumber } from "../boundaries.ts";
import { isWordAt } from "../characters.ts";
import type { Tell } from "../detector.ts";
import type { Subject } from "../subject.ts";
import { phoneGroups } from "./phone-groups.ts";

/** Finds `+`, a country code and a number that its country's plan has, the longest one that starts at this run of digits. */
export function findInternational(subject: Subject, group: number, tell: Tell): void {
  const { text, starts, ends } = subject;
  const start = starts[group] ?? 0;
  if (text[start - 1] !== "+" || isWordAt(text, start - 2)) return;
  const { lengths } = phoneGroups(subject, group);
  if ((lengths[0] ?? 0) > 15) return;
  for (let count = lengths.length, tries = 0; count > 0 && tries < mostTries; count--, tries++) {
    const end = ends[group + count - 1] ?? 0;
    const number = text.slice(start, end);
    if (!isInternational(number) || !endsNumber(text, end)) continue;
    tell(
      start - 1,
      text[end] === ")" && number.includes("(") && !number.includes(")") ? end + 1 : end,
    );
    return;
  }
}

/** More runs of digits than this are not taken off the end in search of a number: each try costs. */
const mostTries = 5;

/**
 * Country code 1 is checked by its form alone: what is written with a plus sign is meant as a telephone number, and the
 * plan's gaps (area code 555, exchange 123) are what people take for examples.
 */
function isInternational(number: string): boolean {
  const digits = number.replaceAll(/\D/g, "");
  if (digits.length < 7 || digits.length > 15) return false;
  if (digits.startsWith("1")) return /^1[2-9]\d{9}$/.test(digits);
  return isValidPhoneNumber(`+${digits}`) || isValidPhoneNumber(`+${number}`);
}
