import { endsNumber, startsNumber } from "../boundaries.ts";
import { isWordAt } from "../characters.ts";
import type { Detector } from "../detector.ts";

/** Registration numbers of the Drug Enforcement Administration: a letter, a letter or 9, six digits and a check digit. */
export const dea: Detector = {
  entity: "DEA",
  canary: "dea AB1234563",
  span: {
    longest: 11,
    within: (unit) =>
      (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || unit === 45 || unit === 46,
    startsAt: (text, position) => isCapital(text, position) && !isWordAt(text, position - 1),
  },
  find(subject, tell) {
    const { text, starts, ends } = subject;
    for (let group = 0; group < starts.length; group++) {
      const end = ends[group] ?? 0;
      const length = end - (starts[group] ?? 0);
      if (length !== 7 && length !== 8) continue;
      const start = end - 9;
      if (start < 0 || !form.test(text.slice(start, end)) || !isValid(text.slice(end - 7, end)))
        continue;
      if (startsNumber(subject, start) && endsNumber(text, end)) tell(start, end);
    }
  },
};

const form = /^[A-Z][A-Z9][0-9]{7}$/;

function isValid(digits: string): boolean {
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0, sixth = 0, check = 0] = [
    ...digits,
  ].map(Number);
  return (first + third + fifth + 2 * (second + fourth + sixth)) % 10 === check;
}

function isCapital(text: string, position: number): boolean {
  const unit = text.charCodeAt(position);
  return unit >= 65 && unit <= 90;
}
