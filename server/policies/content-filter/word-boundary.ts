/** Languages that put no space between words: there a word may stand anywhere (UAX #29, section 4). */
const spaceless =
  /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]$/u;
const word = /^[\p{L}\p{M}\p{N}\p{Pc}]$/u;
const mark = /^\p{M}$/u;

/** What kind of character it is: none of a word, one of a word, one of a language without spaces, or an accent. */
type Kind = "other" | "word" | "spaceless" | "mark";

const ascii = Array.from({ length: 128 }, (_, code) => kindOfAny(code));

function kindOfAny(codePoint: number): Kind {
  const character = String.fromCodePoint(codePoint);
  if (mark.test(character)) return "mark";
  if (!word.test(character)) return "other";
  return spaceless.test(character) ? "spaceless" : "word";
}

function kindOf(codePoint: number): Kind {
  return codePoint < 128 ? (ascii[codePoint] ?? "other") : kindOfAny(codePoint);
}

/** Whether two neighbouring characters belong to one word, so that no word ends between them. */
export function isJoined(before: number, after: number): boolean {
  const first = kindOf(before);
  if (first === "other") return false;
  const second = kindOf(after);
  if (second === "mark") return true;
  return second === "word" && (first === "word" || (first === "mark" && !isSpaceless(before)));
}

function isSpaceless(codePoint: number): boolean {
  return spaceless.test(String.fromCodePoint(codePoint));
}
