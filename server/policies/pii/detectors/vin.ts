import { isWordAt } from "../characters.ts";
import type { Detector } from "../detector.ts";

/** Vehicle identification numbers with their check digit (49 CFR 565.15): 17 capitals and digits, the last four digits. */
export const vin: Detector = {
  entity: "VIN",
  canary: "vin 1HGCM82633A004352",
  span: {
    longest: 19,
    within: (unit) => (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || unit === 45,
    startsAt: (text, position) => form.test(text[position] ?? "") && !isWordAt(text, position - 1),
  },
  find({ text, starts, ends }, tell) {
    for (let group = 0; group < starts.length; group++) {
      const end = ends[group] ?? 0;
      const start = end - 17;
      if (start < 0 || end - (starts[group] ?? 0) < 4) continue;
      if (isWordAt(text, start - 1) || isWordAt(text, end)) continue;
      if (text[start - 1] === "-" || text[end] === "-") continue;
      if (isValid(text.slice(start, end))) tell(start, end);
    }
  },
};

const form = /^[A-HJ-NPR-Z0-9]+$/;

function isValid(number: string): boolean {
  if (!form.test(number) || !/[A-Z].*[A-Z]/.test(number)) return false;
  let sum = 0;
  for (let at = 0; at < 17; at++) sum += worthOf(number.charCodeAt(at)) * (weights[at] ?? 0);
  const check = sum % 11;
  return number[8] === (check === 10 ? "X" : String(check));
}

/** Digits count as they are; A to H 1 to 8, J to R 1 to 9, S to Z 2 to 9. */
function worthOf(unit: number): number {
  if (unit <= 57) return unit - 48;
  if (unit <= 72) return unit - 64;
  return unit <= 82 ? unit - 73 : unit - 81;
}

const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
