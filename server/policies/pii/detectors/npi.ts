import { endsNumber, startsNumber } from "../boundaries.ts";
import { hasContext } from "../context-words.ts";
import type { Detector } from "../detector.ts";
import { digitRunSpan } from "../detector.ts";
import { passesLuhn } from "./luhn.ts";

/** National provider identifiers (45 CFR 162.406): ten digits, the last of which checks 80840 and the others. */
export const npi: Detector = {
  entity: "NPI",
  canary: "npi 1234567893",
  span: digitRunSpan(12),
  find(subject, tell) {
    const { text, starts, ends } = subject;
    for (let group = 0; group < starts.length; group++) {
      const start = starts[group] ?? 0;
      const end = ends[group] ?? 0;
      if (end - start !== 10 || !isValid(text.slice(start, end))) continue;
      if (!startsNumber(subject, start) || !endsNumber(text, end)) continue;
      if (hasContext(subject, start, contextWords)) tell(start, end);
    }
  },
};

function isValid(digits: string): boolean {
  return (digits.startsWith("1") || digits.startsWith("2")) && passesLuhn(`80840${digits}`);
}

const contextWords = new Set([
  "npi",
  "npis",
  "provider",
  "national provider",
  "prescriber",
  "physician",
]);
