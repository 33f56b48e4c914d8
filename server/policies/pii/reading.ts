import { folds, lengthChanging, sameLengthFolds, unseenUnit } from "./folds.ts";

/**
 * A text as the detectors read it: digits of all scripts, full-width forms, and the many spaces, hyphens and dots of
 * Unicode are the ASCII ones, and what nobody sees between two characters is left out.
 */
export interface Reading {
  readonly text: string;
  /** Where a character of the reading stands in the original. */
  originalAt(position: number): number;
  /** Where a finding that ends before this position of the reading ends in the original. */
  originalEnd(end: number): number;
  /** The first position of the reading that stands at or behind this one of the original. */
  positionOf(original: number): number;
}

/** Reads a text. Costs next to nothing where there is nothing to fold. */
export function readText(original: string): Reading {
  // As many bytes as characters: ASCII alone.
  if (Buffer.byteLength(original) === original.length) return readAsIs(original);
  if (lengthChanging.test(original)) return readFolded(original);
  return readAsIs(original.replace(sameLengthFolds, foldUnit));
}

function foldUnit(character: string): string {
  return String.fromCharCode(folds[character.charCodeAt(0)] ?? 0);
}

function readAsIs(text: string): Reading {
  return {
    text,
    originalAt: (position) => position,
    originalEnd: (end) => end,
    positionOf: (original) => original,
  };
}

/** Typed arrays, so that a megabyte of what nobody sees costs no more per character than a sentence. */
function readFolded(original: string): Reading {
  const units = new Uint16Array(original.length);
  const origins = new Uint32Array(original.length);
  let length = 0;
  for (let at = 0; at < original.length; ) {
    const unit = original.charCodeAt(at);
    const fold = folds[unit] ?? unit;
    if (fold === unseenUnit) {
      const end = endOfUnseen(original, at);
      for (let kept = end - at > mostUnseen ? at : end; kept < end; kept++) {
        units[length] = original.charCodeAt(kept);
        origins[length++] = kept;
      }
      at = end;
      continue;
    }
    const digit = unit === mathematicalLead ? mathematicalDigitAt(original, at) : -1;
    units[length] = digit < 0 ? fold : zeroUnit + digit;
    origins[length++] = at;
    at += digit < 0 ? 1 : 2;
  }
  return readMoved(original, textOf(units.subarray(0, length)), origins);
}

/** What reads shorter than it is; `origins` says where each character of the reading comes from. */
function readMoved(original: string, text: string, origins: Uint32Array): Reading {
  const originalAt = (position: number) =>
    position < text.length ? (origins[position] ?? 0) : original.length;
  return {
    text,
    originalAt,
    originalEnd(end) {
      const last = end > 0 ? originalAt(end - 1) : 0;
      return mathematicalDigitAt(original, last) < 0 ? last + 1 : last + 2;
    },
    positionOf: (at) => firstAtLeast(origins, text.length, at),
  };
}

function firstAtLeast(ascending: Uint32Array, length: number, least: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function textOf(units: Uint16Array): string {
  return Buffer.from(units.buffer, units.byteOffset, units.byteLength).toString("utf16le");
}

function endOfUnseen(text: string, start: number): number {
  let end = start;
  while (end < text.length && folds[text.charCodeAt(end)] === unseenUnit) end++;
  return end;
}

/** The value of the digit that a surrogate pair here stands for; -1 if it is none. */
function mathematicalDigitAt(text: string, at: number): number {
  if (text.charCodeAt(at) !== mathematicalLead) return -1;
  const trail = text.charCodeAt(at + 1);
  return trail >= firstMathematicalDigit && trail <= 0xdfff
    ? (trail - firstMathematicalDigit) % 10
    : -1;
}

/** Longer runs of what is not seen stand: every value needs a greatest length. */
const mostUnseen = 16;
const zeroUnit = 48;
/** U+1D7CE to U+1D7FF: five times the digits 0 to 9, bold, double-struck and so on. */
const mathematicalLead = 0xd835;
const firstMathematicalDigit = 0xdfce;
