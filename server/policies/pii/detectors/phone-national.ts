import { type CountryCode, getExampleNumber, isValidPhoneNumber } from "libphonenumber-js/min";
import examples from "libphonenumber-js/mobile/examples";
import { endsNumber, startsNumber } from "../boundaries.ts";
import { hasContext } from "../context-words.ts";
import type { Tell } from "../detector.ts";
import type { Subject } from "../subject.ts";
import { phoneGroups } from "./phone-groups.ts";
import { nonPhoneWords, phoneWords } from "./phone-words.ts";

/** A region outside the North American plan. */
export interface Region {
  readonly code: CountryCode;
  /** What is dialled before a number within the region, such as 0; empty where nothing is. */
  readonly prefix: string;
}

/** Looks a region up in the numbering plans: how an example is written shows its prefix. */
export function regionOf(code: CountryCode): Region {
  const example = getExampleNumber(code, examples);
  const written = example?.formatNational().replaceAll(/\D/g, "") ?? "";
  return { code, prefix: written.slice(0, written.length - (example?.nationalNumber.length ?? 0)) };
}

/**
 * Finds a number as it is written within a region: with its prefix or a parenthesis and in more than one group, in three
 * groups where there is no prefix, or behind a word that says what it is.
 */
export function findNational(subject: Subject, group: number, region: Region, tell: Tell): void {
  const { text, starts, ends } = subject;
  const first = starts[group] ?? 0;
  if (text[first - 1] === "+") return;
  const start = text[first - 1] === "(" ? first - 1 : first;
  const { lengths, gaps } = phoneGroups(subject, group);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total < 7 || (lengths[0] ?? 0) > 15 || !startsNumber(subject, start)) return;
  for (let count = lengths.length, tries = 0; count > 0 && tries < mostTries; count--, tries++) {
    const end = ends[group + count - 1] ?? 0;
    if (isOtherForm(lengths.slice(0, count), gaps) || !endsNumber(text, end)) continue;
    if (!isTelling(subject, start, count, region)) continue;
    if (!isValidPhoneNumber(text.slice(start, end), region.code)) continue;
    tell(start, end);
    return;
  }
}

/** Each try costs; a number that another number follows may be behind the first. */
const mostTries = 3;

function isTelling(subject: Subject, start: number, count: number, { prefix }: Region): boolean {
  const { text } = subject;
  if (count > 1 && (text[start] === "(" || (prefix !== "" && text.startsWith(prefix, start))))
    return true;
  if (hasContext(subject, start, nonPhoneWords)) return false;
  return (count > 2 && prefix === "") || hasContext(subject, start, phoneWords);
}

/** Dates and addresses of computers. */
function isOtherForm(lengths: readonly number[], gaps: readonly string[]): boolean {
  const isDotted = gaps.slice(0, lengths.length - 1).every((gap) => gap === ".");
  return otherForms.has(lengths.join("-")) || (lengths.length === 4 && isDotted);
}

const otherForms = new Set(["4-2-2", "2-2-4", "1-2-4", "2-1-4", "1-1-4"]);
