import type { Detector } from "../detector.ts";
import { findNineDigits, nineDigitsSpan } from "./nine-digits.ts";

/** Social security numbers as the Social Security Administration assigns them (20 CFR 422.103, POMS RM 10201.035). */
export const ssn: Detector = {
  entity: "SSN",
  canary: "ssn 536-22-8145",
  span: nineDigitsSpan,
  find: (subject, tell) => findNineDigits(subject, { isValid, contextWords }, tell),
};

function isValid(digits: string): boolean {
  const area = digits.slice(0, 3);
  if (area === "000" || area === "666" || area >= "900") return false;
  if (digits.slice(3, 5) === "00" || digits.slice(5) === "0000") return false;
  return !neverIssued.has(digits);
}

/** Numbers of specimen cards and of advertisements; 987-65-4320 to 4329 are beyond the last area anyway. */
const neverIssued = new Set(["078051120", "219099999"]);

const contextWords = new Set([
  "ssn",
  "ssns",
  "ss",
  "social security",
  "social insurance",
  "socialsecurity",
  "socialsecuritynumber",
  "social",
  "soc sec",
]);
