import { classAt, isWordAt, other } from "../characters.ts";
import type { Detector } from "../detector.ts";

/** Addresses of the web, by their scheme or `www.`; 2,048 characters at most. */
export const url: Detector = {
  entity: "URL",
  canary: "see https://example.com/canary",
  span: {
    longest: 2_052,
    within: (unit) => isUrlUnit(unit),
    startsAt: mayStart,
  },
  find({ text }, tell) {
    let runEnd = 0;
    for (const { 0: beginning, index: start } of text.matchAll(beginnings)) {
      if (isWordAt(text, start - 1)) continue;
      if (runEnd <= start) runEnd = endOfRun(text, start);
      const end = trimmed(text, start + beginning.length, Math.min(runEnd, start + mostLength));
      if (end > start + beginning.length) tell(start, end);
    }
  },
};

const mostLength = 2_048;
const beginnings = /(?:https?|ftps?|wss?):\/\/|www\./gi;
const wholeBeginnings = ["https://", "http://", "ftps://", "ftp://", "wss://", "ws://", "www."];

function endOfRun(text: string, start: number): number {
  let end = start;
  while (end < text.length && isUrlUnit(text.charCodeAt(end))) end++;
  return end;
}

/** Without what ends a sentence around it, and without half a surrogate pair. */
function trimmed(text: string, start: number, last: number): number {
  let end = last;
  while (end > start && isTrailing(text, start, end - 1)) end--;
  const unit = text.charCodeAt(end - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? end - 1 : end;
}

/** A closing parenthesis belongs to the address only if one was opened within it. */
function isTrailing(text: string, start: number, position: number): boolean {
  const character = text[position] ?? "";
  if (character === ")") return !text.slice(Math.max(start, position - 64), position).includes("(");
  return ".,;:!?'*_~".includes(character);
}

/** RFC 3986's characters but brackets, and letters of any script. */
function isUrlUnit(unit: number): boolean {
  return signs.has(unit) || classAt(String.fromCharCode(unit), 0) !== other;
}

const signs = new Set([..."-._~:/?#@!$&'()*+,;=%"].map((sign) => sign.charCodeAt(0)));

function mayStart(text: string, position: number): boolean {
  if (isWordAt(text, position - 1)) return false;
  const rest = text.slice(position, position + 8).toLowerCase();
  return wholeBeginnings.some((whole) => rest.startsWith(whole) || whole.startsWith(rest));
}
