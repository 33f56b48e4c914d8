import { isDigitUnit } from "./characters.ts";
import { type Code, findCodes } from "./codes.ts";
import { type Reading, readText } from "./reading.ts";

/** How many characters before a value the detectors look at. */
export const contextLength = 80;

const leastCodeLength = 4;

/** A text as it is handed from detector to detector: how it reads, and where the runs of digits in it are. */
export interface Subject {
  readonly reading: Reading;
  /** The text as it reads; all positions here are of it. */
  readonly text: string;
  /** Where runs of the digits 0–9 start and end, in their order. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Four to 24 letters, digits and inner hyphens in one piece, a digit among them; looked for when first asked. */
  codes(): readonly Code[];
  /** Nothing before this may decide about a value that starts at `position`; -1 where the text begins within reach. */
  floorOf(position: number): number;
}

/** Prepares a text for the detectors. */
export function createSubject(original: string): Subject {
  const reading = readText(original);
  const { text } = reading;
  const { starts, ends } = digitRuns(text);
  let codes: readonly Code[] | undefined;
  return {
    reading,
    text,
    starts,
    ends,
    codes() {
      codes ??= findCodes(text, starts, leastCodeLength);
      return codes;
    },
    floorOf(position) {
      const floor = reading.originalAt(position) - contextLength;
      return floor < 0 ? -1 : reading.positionOf(floor);
    },
  };
}

function digitRuns(text: string): Pick<Subject, "starts" | "ends"> {
  const starts: number[] = [];
  const ends: number[] = [];
  for (let start = nextDigit(text, 0); start >= 0; ) {
    let end = start + 1;
    while (isDigitUnit(text.charCodeAt(end))) end++;
    starts.push(start);
    ends.push(end);
    start = nextDigit(text, end);
  }
  return { starts, ends };
}

/** Where the next digit is; -1 if there is none. Most are near one another, and to the others an expression is fastest. */
function nextDigit(text: string, from: number): number {
  const near = Math.min(from + 4, text.length);
  for (let at = from; at < near; at++) if (isDigitUnit(text.charCodeAt(at))) return at;
  anyDigit.lastIndex = near;
  return anyDigit.test(text) ? anyDigit.lastIndex - 1 : -1;
}

const anyDigit = /[0-9]/g;
