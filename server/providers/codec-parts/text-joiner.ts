/** Keeps pieces of text whole: a Unicode code point that a provider cut in two leaves in one piece. */
export interface TextJoiner {
  /** What may leave of a block's text now that this piece is there. */
  push(blockIndex: number, piece: string): string;
  /** What was still held of a block that ends. */
  end(blockIndex: number): string;
}

/** Begins with nothing held. At most one UTF-16 unit per block is ever held. */
export function createTextJoiner(): TextJoiner {
  const held = new Map<number, string>();
  return {
    push(blockIndex, piece) {
      const text = (held.get(blockIndex) ?? "") + piece;
      const cut = isHighSurrogate(text.charCodeAt(text.length - 1)) ? text.length - 1 : text.length;
      if (cut === text.length) held.delete(blockIndex);
      else held.set(blockIndex, text.slice(cut));
      return text.slice(0, cut);
    },
    end(blockIndex) {
      const text = held.get(blockIndex) ?? "";
      held.delete(blockIndex);
      return text;
    },
  };
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
