import { classAt, denseLetter, digit, letter, other } from "../characters.ts";

const mostLabel = 63;

/**
 * Where the domain that starts at a position ends: the longest run of labels whose last one can be a top-level domain,
 * known or not. -1 where there is none. Reads nothing from `limit` on.
 */
export function endOfDomain(text: string, start: number, limit: number): number {
  const labels: string[] = [];
  let end = -1;
  let position = start;
  while (position < limit) {
    const labelEnd = endOfLabel(text, position, limit, labels.length > 0);
    if (labelEnd < 0) break;
    labels.push(text.slice(position, labelEnd).toLowerCase());
    if (isTopLevel(labels)) end = labelEnd;
    if (text[labelEnd] !== ".") break;
    position = labelEnd + 1;
  }
  return isVersion(labels) || isFileOrUnit(labels) ? -1 : end;
}

/** Letters, digits and inner hyphens, 63 at most; -1 where there is no label, or one that is too long. */
function endOfLabel(text: string, start: number, limit: number, isInner: boolean): number {
  let end = start;
  while (end < limit && isLabelUnit(text, end)) {
    if (isInner && isOtherScript(text, start, end)) break;
    end++;
  }
  if (end === limit && isLabelUnit(text, end)) return -1;
  while (end > start && text[end - 1] === "-") end--;
  return end === start || text[start] === "-" || end - start > mostLabel ? -1 : end;
}

function isLabelUnit(text: string, position: number): boolean {
  return classAt(text, position) !== other || text[position] === "-";
}

/** Whether a script without spaces goes on right behind a Latin label: `example.com是`. */
function isOtherScript(text: string, start: number, position: number): boolean {
  return (
    classAt(text, position) === denseLetter &&
    position - start >= 2 &&
    classAt(text, position - 1) === letter
  );
}

function isTopLevel(labels: readonly string[]): boolean {
  const last = labels.at(-1) ?? "";
  if (labels.length < 2) return last === "localhost";
  return last.length >= 2 && classAt(last, 0) !== digit;
}

/** `react@18.2.0-rc.next`, `checkout@v4.1.0-beta.one` */
function isVersion([first = "", second = ""]: readonly string[]): boolean {
  return /^v?\d+$/.test(first) && /^\d+$/.test(second);
}

/** `icon@2x.png`, `user@1000.service` */
function isFileOrUnit(labels: readonly string[]): boolean {
  return /^\dx$/.test(labels[0] ?? "") || unitTypes.has(labels.at(-1) ?? "");
}

/** What systemd calls its units (systemd.unit(5)); none is a top-level domain. */
const unitTypes = new Set([
  "service",
  "socket",
  "device",
  "mount",
  "automount",
  "swap",
  "target",
  "path",
  "timer",
  "slice",
  "scope",
]);
