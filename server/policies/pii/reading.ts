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
  if (!foldable.test(original)) return readAsIs(original);
  const sameLength = original.replace(sameLengthFolds, foldUnit);
  return lengthChanging.test(sameLength) ? readFolded(sameLength) : readAsIs(sameLength);
}

function readAsIs(text: string): Reading {
  return {
    text,
    originalAt: (position) => position,
    originalEnd: (end) => end,
    positionOf: (original) => original,
  };
}

function readFolded(original: string): Reading {
  const origins: number[] = [];
  let text = "";
  let position = 0;
  const keep = (until: number) => {
    for (let at = position; at < until; at++) origins.push(at);
    text += original.slice(position, until);
  };
  for (const { 0: found, index } of original.matchAll(lengthFolds)) {
    if (found.length > mostUnseen) continue;
    keep(index);
    position = index + found.length;
    if (found.charCodeAt(0) !== mathematicalLead) continue;
    origins.push(index);
    text += String((found.charCodeAt(1) - firstMathematicalDigit) % 10);
  }
  keep(original.length);
  return {
    text,
    originalAt: (at) => origins[at] ?? original.length,
    originalEnd(end) {
      const last = origins[end - 1] ?? 0;
      return original.charCodeAt(last) === mathematicalLead ? last + 2 : last + 1;
    },
    positionOf: (at) => firstAtLeast(origins, at),
  };
}

function firstAtLeast(ascending: readonly number[], least: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function foldUnit(character: string): string {
  const unit = character.charCodeAt(0);
  const zero = zeros.find((first) => unit >= first && unit < first + 10);
  if (zero !== undefined) return String(unit - zero);
  if (unit >= 0xff01 && unit <= 0xff5e) return String.fromCharCode(unit - 0xfee0);
  return characters.find(([from]) => from.test(character))?.[1] ?? character;
}

/** Longer runs of what is not seen stand: every value needs a greatest length. */
const mostUnseen = 16;

/** Where the ten digits of each script of the Basic Multilingual Plane begin (Unicode, general category Nd). */
const zeros: readonly number[] = [
  0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
  0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
  0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
];

const characters: readonly (readonly [RegExp, string])[] = [
  [/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/, " "],
  [/[\u2010-\u2015\u2212\ufe58\ufe63]/, "-"],
  [/[\u2024\ufe52]/, "."],
  [/\ufe6b/, "@"],
  [/\ufe62/, "+"],
];

/** Spaces, hyphens, dots, full-width forms, digits outside ASCII. */
const folded =
  "\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000\\u2010-\\u2015\\u2212\\ufe58\\ufe63\\u2024\\ufe52\\ufe6b\\ufe62\\uff01-\\uff5e" +
  zeros.map((zero) => `${escaped(zero)}-${escaped(zero + 9)}`).join("");
/** Soft hyphens, zero-width characters, marks of direction, variation selectors, combining marks, keycaps. */
const unseen =
  "\\u00ad\\u0300-\\u036f\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u206f\\u20e3\\ufe00-\\ufe0f\\ufeff";
const mathematicalDigit = "\\ud835[\\udfce-\\udfff]";
const mathematicalLead = 0xd835;
const firstMathematicalDigit = 0xdfce;
const foldable = new RegExp(`[${folded}${unseen}]|${mathematicalDigit}`);
const sameLengthFolds = new RegExp(`[${folded}]`, "g");
const lengthChanging = new RegExp(`[${unseen}]|${mathematicalDigit}`);
const lengthFolds = new RegExp(`[${unseen}]+|${mathematicalDigit}`, "g");

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
