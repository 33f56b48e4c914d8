/** Letters of scripts that write no spaces between words: each one counts as a word of its own. */
const word =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|[[\p{L}\p{M}\p{N}]--[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]]+/gv;

/**
 * A text as it is compared: compatibility forms, letter case, kinds of white space and Markdown's emphasis make no
 * difference, and negations are whole words ("don't" is "do not").
 */
export function plainText(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll("’", "'")
    .replace(/\bcan'?t\b|\bcannot\b/g, "can not")
    .replace(/\bwon't\b/g, "will not")
    .replace(/n't\b/g, " not")
    .replace(/[*_`#]+/g, "")
    .replace(/[^\S\n]+/g, " ")
    .trim();
}

/** The words of a plain text in order. */
export function wordsOf(plain: string): readonly string[] {
  return plain.match(word) ?? [];
}
