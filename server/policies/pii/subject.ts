import { type Reading, readText } from "./reading.ts";

/** How many characters before a value the detectors look at. */
export const contextLength = 80;

/** A text as it is handed from detector to detector: how it reads, and where the runs of digits in it are. */
export interface Subject {
  readonly reading: Reading;
  /** The text as it reads; all positions here are of it. */
  readonly text: string;
  /** Where runs of the digits 0–9 start and end, in their order. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Nothing before this may decide about a value that starts at `position`; -1 where the text begins within reach. */
  floorOf(position: number): number;
}

/** Prepares a text for the detectors. */
export function createSubject(original: string): Subject {
  const reading = readText(original);
  const { text } = reading;
  const { starts, ends } = digitRuns(text);
  return {
    reading,
    text,
    starts,
    ends,
    floorOf(position) {
      const floor = reading.originalAt(position) - contextLength;
      return floor < 0 ? -1 : reading.positionOf(floor);
    },
  };
}

function digitRuns(text: string): Pick<Subject, "starts" | "ends"> {
  const starts: number[] = [];
  const ends: number[] = [];
  const { length } = text;
  for (let at = 0; at < length; at++) {
    if (!isDigit(text.charCodeAt(at))) continue;
    starts.push(at);
    do at++;
    while (at < length && isDigit(text.charCodeAt(at)));
    ends.push(at);
  }
  return { starts, ends };
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}
