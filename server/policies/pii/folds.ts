/** Where the ten digits of each script of the Basic Multilingual Plane begin (Unicode, general category Nd). */
const zeros: readonly number[] = [
  0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
  0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
  0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
];

/** Spaces, hyphens, dots and signs, by what they read as. */
const signs: readonly (readonly [string, string])[] = [
  ["\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000", " "],
  ["\\u2010-\\u2015\\u2212\\ufe58\\ufe63", "-"],
  ["\\u2024\\ufe52", "."],
  ["\\ufe6b", "@"],
  ["\\ufe62", "+"],
];

/**
 * Soft hyphens, zero-width characters, marks of direction, variation selectors, combining marks, keycaps, and U+FFFF, which
 * is no character.
 */
const unseen =
  "\\u00ad\\u0300-\\u036f\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u206f\\u20e3\\ufe00-\\ufe0f\\ufeff\\uffff";

/** What is not seen reads as this: U+FFFF, which is no character. */
export const unseenUnit = 0xffff;

/** What each UTF-16 unit reads as; most as themselves. */
export const folds: Uint16Array = foldTable();

function foldTable(): Uint16Array {
  const table = Uint16Array.from({ length: 0x10000 }, (_, unit) => unit);
  for (let unit = 0xff01; unit <= 0xff5e; unit++) table[unit] = unit - 0xfee0;
  for (const zero of zeros)
    for (let digit = 0; digit < 10; digit++) table[zero + digit] = 48 + digit;
  const classes = signs.map(([from, to]) => [new RegExp(`[${from}]`), to.charCodeAt(0)] as const);
  classes.push([new RegExp(`[${unseen}]`), unseenUnit]);
  for (let unit = 0x80; unit < 0x10000; unit++) {
    const character = String.fromCharCode(unit);
    const found = classes.find(([from]) => from.test(character));
    if (found) table[unit] = found[1];
  }
  return table;
}

const digits = zeros.map((zero) => `${escaped(zero)}-${escaped(zero + 9)}`).join("");
const allSigns = signs.map(([from]) => from).join("");
/** What reads as another character of the same length. */
export const sameLengthFolds: RegExp = new RegExp(`[${allSigns}\\uff01-\\uff5e${digits}]`, "g");
/** What reads shorter than it is: what is not seen, and digits of two units. */
export const lengthChanging: RegExp = new RegExp(`[${unseen}]|\\ud835[\\udfce-\\udfff]`);

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
