import { endsNumber, startsNumber } from "../boundaries.ts";
import { isWordAt } from "../characters.ts";
import { hasContext } from "../context-words.ts";
import type { Detector } from "../detector.ts";
import { digitRunSpan } from "../detector.ts";
import type { Subject } from "../subject.ts";

/** ZIP codes: five digits behind a state or a word that says so, and ZIP+4 anywhere. */
export const zip: Detector = {
  entity: "ZIP",
  canary: "Springfield, IL 62704",
  span: digitRunSpan(12),
  find(subject, tell) {
    const { text, starts, ends } = subject;
    for (let group = 0; group < starts.length; group++) {
      const start = starts[group] ?? 0;
      const end = ends[group] ?? 0;
      if (end - start !== 5 || text.slice(start, end) < "00501" || !startsNumber(subject, start))
        continue;
      const isLong =
        text[end] === "-" && starts[group + 1] === end + 1 && ends[group + 1] === end + 5;
      if (isLong && endsNumber(text, end + 5)) tell(start, end + 5);
      else if (endsNumber(text, end) && isMeant(subject, start)) tell(start, end);
    }
  },
};

function isMeant(subject: Subject, start: number): boolean {
  const { text } = subject;
  const state = /([A-Z]{2}),? $/.exec(text.slice(Math.max(0, start - 4), start));
  if (state && states.has(state[1] ?? "") && !isWordAt(text, start - state[0].length - 1))
    return true;
  return hasContext(subject, start, contextWords);
}

const contextWords = new Set([
  "zip",
  "zipcode",
  "zipcodes",
  "zips",
  "postal code",
  "postcode",
  "postalcode",
]);

/** States, districts, territories and post offices of the armed forces (USPS Publication 28, appendix B). */
const states = new Set(
  (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC " +
    "ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI AA AE AP"
  ).split(" "),
);
