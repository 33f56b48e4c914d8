/** Takes the characters of a text, with the offset of where each begins. */
export type TakeCharacter = (codePoint: number, at: number) => void;

/** Reads a text that comes in pieces. */
export interface CharacterReader {
  push(piece: string): void;
  /** Where what has not been given on begins, in UTF-16 code units: half a character, or half an escape. */
  readonly settledBefore: number;
}

/** A way to read texts. */
export type Reading = (take: TakeCharacter) => CharacterReader;

/** A text that means what it says. */
export const plainText: Reading = (take) => {
  const pairs = joinPairs(take);
  let length = 0;
  return {
    push(piece) {
      for (let index = 0; index < piece.length; index++) {
        pairs.give(piece.charCodeAt(index), length + index);
      }
      length += piece.length;
    },
    get settledBefore() {
      return pairs.heldFrom ?? length;
    },
  };
};

/**
 * JSON, read as what its strings say: `gr\u0061nt` is a word like any other. Escapes stand in strings alone, so it need
 * not be known where those begin.
 */
export const jsonText: Reading = (take) => {
  const pairs = joinPairs(take);
  let length = 0;
  /** The beginning of an escape that is not whole. */
  let pending = "";
  return {
    push(piece) {
      const text = pending + piece;
      const offset = length - pending.length;
      length += piece.length;
      pending = "";
      for (let index = 0; index < text.length; ) {
        const read = readUnit(text, index);
        if (!read) {
          pending = text.slice(index);
          return;
        }
        pairs.give(read.unit, offset + index);
        index += read.size;
      }
    },
    get settledBefore() {
      return pairs.heldFrom ?? length - pending.length;
    },
  };
};

const high = 0xd800;
const low = 0xdc00;

/** Makes code points of code units. A half without its other half is given on as it is. */
function joinPairs(take: TakeCharacter) {
  let half = 0;
  let halfAt: number | undefined;
  return {
    give(unit: number, at: number) {
      if (halfAt !== undefined) {
        const firstAt = halfAt;
        halfAt = undefined;
        if (unit >= low && unit < 0xe000) {
          return take(0x10000 + ((half - high) << 10) + (unit - low), firstAt);
        }
        take(half, firstAt);
      }
      if (unit < high || unit >= low) return take(unit, at);
      half = unit;
      halfAt = at;
    },
    get heldFrom() {
      return halfAt;
    },
  };
}

/** What the short escapes of JSON stand for (RFC 8259, section 7). */
const escapes: ReadonlyMap<string, string> = new Map([
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** One code unit and how long it is written; undefined where its escape is not whole. */
function readUnit(text: string, at: number): { unit: number; size: number } | undefined {
  const unit = text.charCodeAt(at);
  if (text[at] !== "\\") return { unit, size: 1 };
  const letter = text[at + 1];
  if (letter === undefined) return undefined;
  if (letter !== "u") return { unit: (escapes.get(letter) ?? letter).charCodeAt(0), size: 2 };
  const digits = text.slice(at + 2, at + 6);
  if (digits.length < 4) return undefined;
  const value = Number.parseInt(digits, 16);
  return Number.isNaN(value) ? { unit: letter.charCodeAt(0), size: 2 } : { unit: value, size: 6 };
}
