import { isIPv6 } from "node:net";
import { endsNumber, startsNumber } from "../boundaries.ts";
import { isWordAt } from "../characters.ts";
import { wordsBefore } from "../context-words.ts";
import type { Detector, Tell } from "../detector.ts";
import type { Subject } from "../subject.ts";

/** Addresses of computers: IPv4 in dotted decimals, and IPv6 (RFC 4291). */
export const ipAddress: Detector = {
  entity: "IP_ADDRESS",
  canary: "from 192.0.2.44",
  span: {
    longest: 49,
    within: (unit) => isHexOrColon(unit) || unit === 45 || unit === 46,
    startsAt: (text, position) =>
      isHexOrColon(text.charCodeAt(position)) && !isWordAt(text, position - 1),
  },
  find(subject, tell) {
    for (let group = 0; group < subject.starts.length; group++) findDotted(subject, group, tell);
    findColons(subject, tell);
  },
};

function findDotted(subject: Subject, group: number, tell: Tell): void {
  const { text, starts, ends } = subject;
  const start = starts[group] ?? 0;
  if (text.charCodeAt(ends[group] ?? 0) !== dot) return;
  for (let part = group; part < group + 4; part++) {
    const from = starts[part] ?? 0;
    const to = ends[part] ?? 0;
    if (to - from < 1 || to - from > 3 || Number(text.slice(from, to)) > 255) return;
    if (part > group && (from !== (ends[part - 1] ?? 0) + 1 || text[from - 1] !== ".")) return;
  }
  const end = ends[group + 3] ?? 0;
  if (!startsNumber(subject, start) || !endsNumber(text, end)) return;
  if (!versionWords.has(wordsBefore(subject, start)[0] ?? "")) tell(start, end);
}

const dot = 46;
const versionWords = new Set(["version", "v", "ver", "release", "build", "section"]);
const mostLength = 45;

function findColons({ text }: Subject, tell: Tell): void {
  let runEnd = 0;
  for (let colon = text.indexOf(":"); colon >= 0; colon = text.indexOf(":", runEnd)) {
    let start = colon;
    while (start > runEnd && isHexOrColon(text.charCodeAt(start - 1))) start--;
    runEnd = colon + 1;
    while (runEnd < text.length && isInAddress(text.charCodeAt(runEnd))) runEnd++;
    let end = runEnd;
    while (end > start && text[end - 1] === ".") end--;
    if (text[end - 1] === ":" && text[end - 2] !== ":") end--;
    if (end - start > mostLength || isWordAt(text, start - 1) || isWordAt(text, end)) continue;
    if (isTelling(text.slice(start, end))) tell(start, end);
  }
}

/** All eight groups, or what an allocated or local address begins with: `a1::b2` is also how programs name things. */
function isTelling(address: string): boolean {
  if (!isIPv6(address) || !/[0-9]/.test(address)) return false;
  return beginnings.test(address) || address.split(":").filter(Boolean).length === 8;
}

const beginnings = /^(?:[23][0-9a-f]{3}:|f[c-f][0-9a-f]{2}:|64:ff9b:|::ffff:)/i;

function isInAddress(unit: number): boolean {
  return isHexOrColon(unit) || unit === 46;
}

function isHexOrColon(unit: number): boolean {
  const lower = unit | 32;
  return (unit >= 48 && unit <= 58) || (lower >= 97 && lower <= 102);
}
