/** A text in pieces of these lengths, and one with the rest. */
export function cutUp(text: string, lengths: readonly number[]): readonly string[] {
  const pieces: string[] = [];
  let position = 0;
  for (const length of lengths) {
    pieces.push(text.slice(position, position + length));
    position += length;
  }
  return [...pieces, text.slice(position)];
}
