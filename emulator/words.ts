const vocabulary =
  "river stone lantern garden window morning silver thunder market copper harbor meadow winter paper engine shadow forest candle bridge summer mirror island pepper saddle velvet compass feather kettle orchard pebble quarry ribbon".split(
    " ",
  );
const wordsPerSentence = 11;

/** Writes exactly so many words of varied text, in sentences; word n is the same in every text. */
export function writeWords(count: number): string {
  const words = Array.from({ length: count }, (_, index) => {
    const word =
      vocabulary[(index * 7 + Math.floor(index / vocabulary.length)) % vocabulary.length];
    const isFirst = index % wordsPerSentence === 0;
    const isLast = index % wordsPerSentence === wordsPerSentence - 1 || index === count - 1;
    return `${isFirst ? capitalize(word ?? "") : word}${isLast ? "." : ""}`;
  });
  return words.join(" ");
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
