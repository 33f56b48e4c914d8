import { createJsonReader, type JsonPart, type ReadJson } from "./json-reader.ts";
import {
  cutBefore,
  mostHeldCharacters,
  type Rewriter,
  type Rewriting,
  reachOf,
} from "./rewriter.ts";
import type { Finding } from "./scan.ts";

/** What may be told about JSON besides what is looked for in it. */
export interface JsonOptions {
  /** Leaves numbers as they are: in a schema they are limits and no personal data. */
  readonly keepsNumbers?: boolean | undefined;
}

/** Rewrites JSON that is all there. */
export function rewriteJson(json: string, rewriting: Rewriting, options?: JsonOptions): string {
  const rewriter = createJsonRewriter(rewriting, options);
  return rewriter.push(json) + rewriter.flush();
}

/** A finding, and what is written in its place. */
interface Replaced extends Finding {
  readonly replacement: string;
}

/**
 * Rewrites the values and names of JSON piece by piece, and leaves it JSON: it looks at what escapes mean, writes in a
 * string what a string may hold, and where a number held something a string stands in its place.
 */
export function createJsonRewriter(
  { scanner, replace }: Rewriting,
  { keepsNumbers = false }: JsonOptions = {},
): Rewriter {
  const reach = reachOf(scanner);
  const reader = createJsonReader();
  const window: ReadJson = { text: "", written: [], parts: [] };
  let gone = 0;
  let flushed = Number.POSITIVE_INFINITY;

  /** A number leaves in one piece, because it may have to become a string. */
  const settled = (): number => {
    let until = scanner.settledBefore(window.text);
    const isAtEnd = until >= window.text.length;
    const goesOn = isAtEnd ? reader.isInNumber : window.parts[until] === "number";
    if (!goesOn) return until;
    while (until > gone && window.parts[until - 1] === "number") until--;
    return until;
  };
  const replacedUntil = (until: number): Replaced[] => {
    const found: Replaced[] = [];
    for (const finding of scanner.scan(window.text, Math.min(gone, flushed))) {
      const { start, end } = finding;
      if (end > until) break;
      if (end <= gone) continue;
      if (keepsNumbers && window.parts.slice(start, end).includes("number")) continue;
      const replacement = replace(finding, window.text.slice(start, end));
      if (replacement !== undefined) found.push({ ...finding, replacement });
    }
    return found;
  };
  const release = (until: number): string => {
    if (until <= gone) return "";
    const written = writeJson(window, gone, until, replacedUntil(until));
    const cut = cutBefore(window.text, until - reach);
    window.text = window.text.slice(cut);
    window.written = window.written.slice(cut);
    window.parts = window.parts.slice(cut);
    gone = until - cut;
    flushed = Math.max(0, flushed - cut);
    return written;
  };

  return {
    get isWhole() {
      return reader.isWhole;
    },
    push(piece) {
      reader.read(piece, window);
      const until = settled();
      const isOn = until > gone;
      const written = release(until);
      if (isOn) flushed = Number.POSITIVE_INFINITY;
      if (window.text.length - gone > mostHeldCharacters) {
        throw new Error("a scanner settles nothing");
      }
      return written;
    },
    flush() {
      reader.end(window);
      if (gone < window.text.length) flushed = gone;
      return release(window.text.length);
    },
  };
}

function writeJson(
  json: ReadJson,
  from: number,
  until: number,
  found: readonly Replaced[],
): string {
  if (found.length === 0) return json.written.slice(from, until).join("");
  const pending = new Set(found);
  let written = "";
  let start = from;
  while (start < until) {
    const part = json.parts[start] ?? "mark";
    let end = start + 1;
    while (end < until && json.parts[end] === part) end++;
    const inside = found.filter((each) => each.start < end && each.end > start);
    written +=
      inside.length === 0
        ? json.written.slice(start, end).join("")
        : writeRun(json, { part, start, end }, inside, pending);
    start = end;
  }
  return written;
}

/** Characters that follow one another and belong to the same kind of part. */
interface Run {
  readonly part: JsonPart;
  readonly start: number;
  readonly end: number;
}

/** A finding that reaches over several runs is written in the first that can hold text. */
function writeRun(
  json: ReadJson,
  { part, start, end }: Run,
  found: readonly Replaced[],
  pending: Set<Replaced>,
): string {
  let written = "";
  let position = start;
  for (const each of found) {
    const isWithin = each.start >= start && each.end <= end;
    written += json.written.slice(position, Math.max(position, each.start)).join("");
    position = Math.min(each.end, end);
    if (part === "mark" && !isWithin) {
      const between = json.written.slice(Math.max(start, each.start), position);
      written += between.filter((unit) => /[\s{}[\]:,"]/.test(unit)).join("");
    } else if (pending.delete(each)) {
      const text = JSON.stringify(each.replacement);
      written += part === "mark" ? text : text.slice(1, -1);
    }
  }
  written += json.written.slice(position, end).join("");
  return part === "number" ? `"${written}"` : written;
}
