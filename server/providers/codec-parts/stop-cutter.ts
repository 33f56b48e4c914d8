/** Ends a text before the first stop sequence in it, however the text arrives. */
export interface StopCutter {
  /** What may leave of the text now that this piece is there; nothing any more once a sequence was found. */
  push(piece: string): string;
  /** What was held back, when the text ends. */
  end(): string;
  /** The sequence that ended the text; undefined as long as none has. */
  readonly found: string | undefined;
}

/**
 * Begins with nothing held. Of several sequences the one that is whole first ends the text, as when a model looks after
 * each piece it writes; of those that are whole at the same place, the longest. Only what could still become a
 * sequence is held back, less than the longest one, and the first half of a code point until its second half is there.
 *
 * `before` is what has left already of the same text: a sequence that begins there and becomes whole with what comes ends
 * the text too, though what has left of it cannot be taken back.
 */
export function createStopCutter(sequences: readonly string[], before = ""): StopCutter {
  const longest = sequences.reduce((length, sequence) => Math.max(length, sequence.length), 0);
  let held = before.slice(holdFrom(before, sequences, longest));
  /** How much of what is held has left already. */
  let left = held.length;
  let found: string | undefined;

  return {
    push(piece) {
      if (found !== undefined) return "";
      const text = held + piece;
      const match = firstMatch(text, sequences, left);
      const cut = match?.start ?? holdFrom(text, sequences, longest);
      const passed = text.slice(left, cut);
      found = match?.sequence;
      held = match ? "" : text.slice(cut);
      left = match ? 0 : Math.max(0, left - cut);
      return passed;
    },
    end() {
      const rest = held.slice(left);
      held = "";
      left = 0;
      return rest;
    },
    get found() {
      return found;
    },
  };
}

interface Match {
  readonly sequence: string;
  readonly start: number;
}

/** A sequence that was whole before is no news: it had not ended the text then. */
function firstMatch(text: string, sequences: readonly string[], left: number): Match | undefined {
  let first: Match | undefined;
  let firstEnd = text.length + 1;
  for (const sequence of sequences) {
    const start = text.indexOf(sequence, Math.max(0, left - sequence.length + 1));
    const end = start + sequence.length;
    if (start === -1 || end > firstEnd) continue;
    if (end === firstEnd && first && first.start <= start) continue;
    first = { sequence, start };
    firstEnd = end;
  }
  return first;
}

/** Where the part begins that a sequence may still grow from; the end of the text when there is none. */
function holdFrom(text: string, sequences: readonly string[], longest: number): number {
  for (let start = Math.max(0, text.length - longest + 1); start < text.length; start++) {
    const tail = text.slice(start);
    if (sequences.some((sequence) => sequence.startsWith(tail))) return start;
  }
  return endsInHalf(text) ? text.length - 1 : text.length;
}

/** Whether the last UTF-16 unit is the first half of a surrogate pair. */
function endsInHalf(text: string): boolean {
  const unit = text.charCodeAt(text.length - 1);
  return unit >= 0xd800 && unit <= 0xdbff;
}
