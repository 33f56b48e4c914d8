import type { Detector } from "../detector.ts";
import { findNineDigits, nineDigitsSpan } from "./nine-digits.ts";

/** Individual taxpayer identification numbers, which look like social security numbers (IRS Publication 4757). */
export const usItin: Detector = {
  entity: "US_ITIN",
  canary: "itin 912-78-3456",
  span: nineDigitsSpan,
  find: (subject, tell) => findNineDigits(subject, { isValid, contextWords }, tell),
};

function isValid(digits: string): boolean {
  const group = Number(digits.slice(3, 5));
  return digits.startsWith("9") && groups.some(([first, last]) => group >= first && group <= last);
}

const groups: readonly (readonly [number, number])[] = [
  [50, 65],
  [70, 88],
  [90, 92],
  [94, 99],
];

const contextWords = new Set([
  "itin",
  "itins",
  "taxpayer",
  "tax id",
  "tax identification",
  "tin",
  "ssn",
  "social security",
]);
