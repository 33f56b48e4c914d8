import { type CharacterRun, mostInRun } from "./character-run.ts";

/** Where the characters of a text go. */
export interface CharacterSink {
  /** Is empty whenever nothing is being read; others may read into it then. */
  readonly run: CharacterRun;
  /** Told to look at the run when it is full. Empties it. */
  readonly take: () => void;
}

/** Reads a text that comes in pieces. */
export interface CharacterReader {
  push(piece: string): void;
  /** Where what has not been given on begins, in UTF-16 code units: half a character, or half an escape. */
  readonly settledBefore: number;
}

/** A way to read texts. */
export type Reading = (sink: CharacterSink) => CharacterReader;

/** A text that means what it says. */
export const plainText: Reading = (sink) => new PlainReader(sink);

class PlainReader implements CharacterReader {
  readonly #sink: CharacterSink;
  readonly #pairs: PairJoiner;
  #length = 0;

  constructor(sink: CharacterSink) {
    this.#sink = sink;
    this.#pairs = new PairJoiner(sink);
  }

  push(piece: string): void {
    const pairs = this.#pairs;
    for (let index = 0; index < piece.length; ) {
      if (pairs.heldFrom === undefined) index = copyUnits(this.#sink, piece, index, this.#length);
      if (index === piece.length) break;
      pairs.give(piece.charCodeAt(index), this.#length + index);
      index += 1;
    }
    this.#length += piece.length;
  }

  get settledBefore(): number {
    return this.#pairs.heldFrom ?? this.#length;
  }
}

/**
 * JSON, read as what its strings say: `gr\u0061nt` is a word like any other. Escapes stand in strings alone, so it need
 * not be known where those begin.
 */
export const jsonText: Reading = (sink) => {
  const pairs = new PairJoiner(sink);
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
        if (pairs.heldFrom === undefined) index = copyUnits(sink, text, index, offset, backslash);
        if (index === text.length) return;
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

const backslash = 0x5c;
const high = 0xd800;
const low = 0xdc00;
const beyond = 0xe000;

/**
 * Copies units that are characters by themselves, and gives the index of the first that is none: half a pair, or the one
 * to stop at. Almost every character goes through this loop, so that it does nothing else.
 */
function copyUnits(
  { run, take }: CharacterSink,
  text: string,
  from: number,
  offset: number,
  stop = -1,
): number {
  const { codePoints, offsets } = run;
  let { count } = run;
  let index = from;
  for (; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === stop || (unit >= high && unit < beyond)) break;
    codePoints[count] = unit;
    offsets[count] = offset + index;
    count += 1;
    if (count < mostInRun) continue;
    run.count = count;
    take();
    count = 0;
  }
  run.count = count;
  return index;
}

/** Makes code points of code units. A half without its other half is given on as it is. */
class PairJoiner {
  /** Where the half begins that waits for its other half. */
  heldFrom: number | undefined;
  readonly #sink: CharacterSink;
  #half = 0;

  constructor(sink: CharacterSink) {
    this.#sink = sink;
  }

  give(unit: number, at: number): void {
    const halfAt = this.heldFrom;
    this.heldFrom = undefined;
    if (halfAt !== undefined) {
      if (unit >= low && unit < beyond) {
        this.#add(0x10000 + ((this.#half - high) << 10) + (unit - low), halfAt);
        return;
      }
      this.#add(this.#half, halfAt);
    }
    if (unit < high || unit >= low) {
      this.#add(unit, at);
      return;
    }
    this.#half = unit;
    this.heldFrom = at;
  }

  #add(codePoint: number, at: number): void {
    const { run, take } = this.#sink;
    run.codePoints[run.count] = codePoint;
    run.offsets[run.count] = at;
    run.count += 1;
    if (run.count === mostInRun) take();
  }
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
