/** What a UTF-16 unit is to the detectors. */
export const other = 0;
/** 0–9. */
export const digit = 1;
/** A–Z and a–z. */
export const letter = 2;
/** A letter, mark or number of another script that puts spaces between words. */
export const foreignLetter = 3;
/** The same of a script without spaces or with endings joined on (Han, Kana, Hangul, Thai), and half a surrogate pair. */
export const denseLetter = 4;

const denseRanges: readonly (readonly [number, number])[] = [
  [0x0e00, 0x109f],
  [0x1100, 0x11ff],
  [0x1780, 0x17ff],
  [0x2e80, 0xdfff],
  [0xf900, 0xfaff],
  [0xff00, 0xffef],
];

/** The class of each unit of the Basic Multilingual Plane. */
export const unitClasses: Uint8Array = classify();

/** The class of the unit at a position; `other` outside the text. */
export function classAt(text: string, position: number): number {
  return unitClasses[text.charCodeAt(position)] ?? other;
}

/** Whether a number or code that stands here would only be a part of a longer word. */
export function isWordAt(text: string, position: number): boolean {
  const unitClass = classAt(text, position);
  return unitClass !== other && unitClass !== denseLetter;
}

/** Whether an ASCII digit stands here. */
export function isDigitAt(text: string, position: number): boolean {
  return classAt(text, position) === digit;
}

/** Whether an ASCII letter stands here. */
export function isLetterAt(text: string, position: number): boolean {
  return classAt(text, position) === letter;
}

/** Whether an ASCII letter or digit stands here. */
export function isAlphanumericAt(text: string, position: number): boolean {
  const unitClass = classAt(text, position);
  return unitClass === digit || unitClass === letter;
}

function classify(): Uint8Array {
  const classes = new Uint8Array(0x10000);
  const word = /[\p{L}\p{M}\p{N}\p{Cs}]/u;
  for (let unit = 0; unit < classes.length; unit++) {
    const character = String.fromCharCode(unit);
    if (!word.test(character)) continue;
    if (/[0-9]/.test(character)) classes[unit] = digit;
    else if (/[A-Za-z]/.test(character)) classes[unit] = letter;
    else classes[unit] = isDense(unit) ? denseLetter : foreignLetter;
  }
  return classes;
}

function isDense(unit: number): boolean {
  return denseRanges.some(([first, last]) => unit >= first && unit <= last);
}

/** Digits, and what stands between groups of them: hyphen, dot, space. */
export function isGroupedUnit(unit: number): boolean {
  return isDigitUnit(unit) || unit === 45 || unit === 46 || unit === 32;
}

/** ASCII letters, digits and the hyphen. */
export function isCodeUnit(unit: number): boolean {
  const lower = unit | 32;
  return isDigitUnit(unit) || unit === 45 || (lower >= 97 && lower <= 122);
}

/** The digits 0 to 9. */
export function isDigitUnit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}
