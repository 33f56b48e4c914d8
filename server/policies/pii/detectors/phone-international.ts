import { endsNumber } from "../boundaries.ts";
import { isWordAt } from "../characters.ts";
import type { Tell } from "../detector.ts";
import type { Subject } from "../subject.ts";
import { phoneGroups } from "./phone-groups.ts";
import { isInPlan } from "./phone-plans.ts";

/** Finds `+`, a country code and a number that its country's plan has, the longest one that starts at this run of digits. */
export function findInternational(subject: Subject, group: number, tell: Tell): void {
  const { text, starts, ends } = subject;
  const start = starts[group] ?? 0;
  if (text[start - 1] !== "+" || isWordAt(text, start - 2)) return;
  const { lengths } = phoneGroups(subject, group);
  for (let count = lengths.length; count > 0; count--) {
    const end = ends[group + count - 1] ?? 0;
    if (!isInternational(text.slice(start, end)) || !endsNumber(text, end)) continue;
    tell(start - 1, end);
    return;
  }
}

/**
 * Country code 1 is checked by its form alone: what is written with a plus sign is meant as a telephone number, and the
 * plan's gaps (area code 555, exchange 123) are what people take for examples. `(0)` is for calls within the country.
 */
function isInternational(number: string): boolean {
  const digits = number.replace("(0)", "").replaceAll(/[^0-9]/g, "");
  if (digits.length < 7 || digits.length > 15) return false;
  return digits.startsWith("1") ? northAmerican.test(digits) : isInPlan(digits);
}

const northAmerican = /^1[2-9][0-9]{9}$/;
