import { classAt, other } from "../characters.ts";
import type { Detector, Tell } from "../detector.ts";
import type { Subject } from "../subject.ts";
import { endOfDomain } from "./email-domain.ts";
import { isCore, isJoiner, startOfLocalPart } from "./email-local-part.ts";

/** Addresses of e-mail: dot-atoms of any script before the sign, any domain behind it (RFC 5321, 5322, 6531). */
export const email: Detector = {
  entity: "EMAIL",
  canary: "write to canary@example.com",
  find(subject, tell) {
    const { text } = subject;
    for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
      findAround(subject, at, tell);
    }
  },
  span: {
    // 64 + 1 + 255, and what decides about the end.
    longest: 324,
    within: (unit) => isCore(unit) || isJoiner(unit) || addressUnits.has(unit),
    startsAt: (text, position) =>
      isCore(text.charCodeAt(position)) &&
      (text.length - position <= mostLocal + 1 || text.indexOf("@", position) >= 0),
  },
};

function findAround(subject: Subject, at: number, tell: Tell): void {
  const { text } = subject;
  const start = startOfLocalPart(subject, at);
  if (start < 0) return;
  const end = endOfDomain(text, at + 1, start + mostAddress);
  if (end < 0 || isNoAddress(subject, start, at, end)) return;
  tell(start, end);
}

/** What has the form of an address in programs and logs, but is none. */
function isNoAddress(subject: Subject, start: number, at: number, end: number): boolean {
  const { text } = subject;
  const localPart = text.slice(start, at);
  if (localPart === "git" && (text[end] === ":" || text[end] === "/")) return true;
  if (localPart === "this" || localPart === "super") return true;
  return text[start - 1] === ":" && isPassword(subject, start);
}

/** Whether a password of a URL ends here: `://user:`. */
function isPassword(subject: Subject, start: number): boolean {
  const { text } = subject;
  const floor = subject.floorOf(start);
  let position = start - 2;
  while (position > floor && classAt(text, position) !== other) position--;
  return text.slice(Math.max(floor, position - 2), position + 1) === "://";
}

const mostLocal = 64;
const mostAddress = 254;
/** `@ . = [ ] :` and the hyphen are in addresses although a local part does not start with them. */
const addressUnits = new Set([..."@.=-"].map((character) => character.charCodeAt(0)));
