import { endsNumber, startsNumber } from "../boundaries.ts";
import type { Detector } from "../detector.ts";
import { digitRunSpan } from "../detector.ts";

/** Routing numbers of banks in the United States (ABA): nine digits with weights 3, 7 and 1. */
export const abaRouting: Detector = {
  entity: "ABA_ROUTING",
  canary: "routing 011000015",
  span: digitRunSpan(11),
  find(subject, tell) {
    const { text, starts, ends } = subject;
    for (let group = 0; group < starts.length; group++) {
      const start = starts[group] ?? 0;
      const end = ends[group] ?? 0;
      if (end - start !== 9 || !isValid(text.slice(start, end))) continue;
      if (startsNumber(subject, start) && endsNumber(text, end)) tell(start, end);
    }
  },
};

function isValid(digits: string): boolean {
  const prefix = Number(digits.slice(0, 2));
  if (!prefixes.some(([first, last]) => prefix >= first && prefix <= last)) return false;
  const sum = [...digits].reduce(
    (total, digit, at) => total + Number(digit) * (weights[at % 3] ?? 0),
    0,
  );
  return sum % 10 === 0 && sum > 0;
}

const weights = [3, 7, 1];

/** Government, the twelve Federal Reserve districts, thrift institutions, electronic ones, traveller's cheques. */
const prefixes: readonly (readonly [number, number])[] = [
  [0, 12],
  [21, 32],
  [61, 72],
  [80, 80],
];
