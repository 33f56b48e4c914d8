import { classAt, denseLetter, other, unitClasses } from "../characters.ts";
import type { Subject } from "../subject.ts";

const mostLocal = 64;

/** Letters and digits of all scripts, and the signs that local parts really have. */
export function isCore(unit: number): boolean {
  return unitClasses[unit] !== other || coreSigns.has(unit);
}

/** The rest of RFC 5322's atext but `= / ? |`, which in ordinary text come before an address and not within. */
export function isJoiner(unit: number): boolean {
  return joiners.has(unit);
}

/**
 * Where the local part before the sign at a position starts; -1 where there is none. A sign other than `_ + - %` only
 * counts between two characters that are core, so that quotes and markup around an address stay.
 */
export function startOfLocalPart(subject: Subject, at: number): number {
  const { text } = subject;
  if (!isCore(text.charCodeAt(at - 1))) return -1;
  const isDense = classAt(text, at - 1) === denseLetter;
  const least = Math.max(0, at - mostLocal - 1);
  let start = at - 1;
  while (start > least && joins(subject, start, isDense)) start--;
  while (start < at && !isFirst(text.charCodeAt(start))) start++;
  if (start === at) return -1;
  return at - start > mostLocal ? -1 : start;
}

/** Whether the character before a position is of the same local part. */
function joins(subject: Subject, position: number, isDense: boolean): boolean {
  const { text } = subject;
  const before = text.charCodeAt(position - 1);
  if (isCore(before)) {
    if (!isDense && unitClasses[before] === denseLetter) return false;
    return !isRule(text, position - 1);
  }
  if (before === dot || joiners.has(before)) {
    return isCore(text.charCodeAt(position)) && isCore(text.charCodeAt(position - 2));
  }
  return (
    before === equals && isCore(text.charCodeAt(position)) && isReturnPath(subject, position - 1)
  );
}

/** Whether a line is drawn here: the same sign three times is no part of an address. */
function isRule(text: string, position: number): boolean {
  const sign = text.charCodeAt(position);
  return (
    coreSigns.has(sign) &&
    sign === text.charCodeAt(position - 1) &&
    (sign === text.charCodeAt(position + 1) || sign === text.charCodeAt(position - 2))
  );
}

/** Whether the equals sign stands in a return path that carries another address: `bounces+jane=example.com@…`. */
function isReturnPath(subject: Subject, position: number): boolean {
  const { text } = subject;
  const least = Math.max(0, subject.floorOf(position + 1));
  for (let at = position - 1; at >= least; at--) {
    const unit = text.charCodeAt(at);
    if (unit === plus) return isCore(text.charCodeAt(at - 1));
    if (!isCore(unit) && unit !== dot) return false;
  }
  return false;
}

/** A local part begins with a letter, a digit or an underscore; leading marks of lists and signs are not its own. */
function isFirst(unit: number): boolean {
  return unitClasses[unit] !== other || unit === underscore;
}

const dot = 46;
const equals = 61;
const plus = 43;
const underscore = 95;
const coreSigns = new Set([..."_+-%"].map((sign) => sign.charCodeAt(0)));
const joiners = new Set([..."'!#$&*^~`{}"].map((sign) => sign.charCodeAt(0)));
