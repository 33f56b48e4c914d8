/** How many letters and digits of a masked value stay. */
const mostKept = 4;

/**
 * A value with asterisks for its letters and digits, but for the last four, and of a short value no more than half of
 * them. Separators stay, so that `***-**-6789` can still be recognised for what it is.
 */
export function mask(value: string): string {
  const characters = [...value];
  const words = characters.filter(isWord).length;
  let toMask = words - Math.min(mostKept, Math.floor(words / 2));
  return characters
    .map((character) => (isWord(character) && toMask-- > 0 ? "*" : character))
    .join("");
}

function isWord(character: string): boolean {
  return /[\p{L}\p{N}\p{M}]/u.test(character);
}
