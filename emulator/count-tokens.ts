const longestTokenUnits = 16;
const overheadPerMessage = 2;
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * Cuts a text into the emulator's tokens: a word with the white space before it, long words in
 * pieces of at most 16 UTF-16 units between graphemes. The pieces joined are the text again.
 */
export function* splitTokens(text: string): Generator<string> {
  for (const [word] of text.matchAll(/\s*\S+|\s+/g)) {
    if (word.length <= longestTokenUnits) yield word;
    else yield* splitWord(word);
  }
}

/** A single grapheme longer than a token stays whole. */
function* splitWord(word: string): Generator<string> {
  let piece = "";
  for (const { segment } of graphemes.segment(word)) {
    if (piece !== "" && piece.length + segment.length > longestTokenUnits) {
      yield piece;
      piece = "";
    }
    piece += segment;
  }
  yield piece;
}

/** How many tokens a text has; an empty one has none. */
export function countTokens(text: string): number {
  let count = 0;
  for (const _ of splitTokens(text)) count += 1;
  return count;
}

/** Tokens of one message of a prompt: its text and 2 tokens for the role around it. */
export function countMessageTokens(text: string): number {
  return countTokens(text) + overheadPerMessage;
}
