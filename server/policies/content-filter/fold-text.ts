/** What a run of white space, or a break in the text, is folded to. */
export const space = 0x20;

/**
 * Stands where so much white space or so many invisible characters follow each other that nothing is read across them; a
 * noncharacter of Unicode, and in no text that means anything.
 */
export const gap = 0xffff;

const invisible = /^\p{Default_Ignorable_Code_Point}$/u;
const blank = /^[\s\p{Z}]$/u;

/** How many characters of the Basic Multilingual Plane are remembered at most: all of them. */
const remembered = new Map<number, string>();

/**
 * A character without what does not change what it says: compatibility forms and accents taken apart (NFKD, so that
 * texts are alike exactly where their NFKC is), case folded (by way of the capital: `ß` is `ss`, `ς` is `σ`), invisible
 * ones gone, and every kind of white space one. Unicode Standard, sections 3.11 and 3.13.
 */
export function foldCharacter(codePoint: number): string {
  const known = remembered.get(codePoint);
  if (known !== undefined) return known;
  const folded = fold(String.fromCodePoint(codePoint));
  if (codePoint <= 0xffff) remembered.set(codePoint, folded);
  return folded;
}

function fold(character: string): string {
  if (invisible.test(character)) return "";
  if (blank.test(character)) return " ";
  const apart = [...character.normalize("NFKD")];
  const small = apart.map((each) => each.toUpperCase().toLowerCase());
  return small.join("").normalize("NFKD");
}

/** A whole text, folded; runs of white space are one space. */
export function foldText(text: string): string {
  const folded = Array.from(text, (each) => foldCharacter(each.codePointAt(0) ?? 0));
  return folded.join("").normalize("NFD").replaceAll(/ +/g, " ").trim();
}
