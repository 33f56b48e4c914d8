import type { CharacterRun, FoldedRun } from "./character-run.ts";
import { mostInRun } from "./character-run.ts";
import { foldCharacter, gap, space } from "./fold-text.ts";

/** Folds a text that comes in runs: what is given on is `foldText` of the whole, whatever the runs. */
export interface TextFolder {
  /** Gives on what the run folds to, but for accents whose order is not known yet. */
  fold(run: CharacterRun): void;
  /** Where those begin; undefined where there are none. */
  readonly heldFrom: number | undefined;
  /** Gives on what is held. */
  flush(): void;
}

/** Where folded characters go. */
export interface FoldedSink {
  /** Is empty whenever nothing is being folded; others may fold into it then. */
  readonly run: FoldedRun;
  /** Told to look at the run when it is full, or when there is no more. Empties it. */
  readonly take: () => void;
}

/** A longer run of white space, or of invisible characters, ends whatever began before it. */
const mostSkipped = 64;

/** Unicode's own limit for accents on one letter is 30 (UAX #15, Stream-Safe Text Format). */
const mostMarks = 32;

const mark = /^\p{M}$/u;
const ascii = Uint8Array.from({ length: 128 }, (_, code) => foldCharacter(code).charCodeAt(0));

/** Begins at the start of a text. */
export function createTextFolder(sink: FoldedSink): TextFolder {
  return new Folder(sink);
}

/** A class, as `PatternWatch` is one. */
class Folder implements TextFolder {
  readonly #sink: FoldedSink;
  #skipped = 0;
  #isAfterSpace = false;
  #marks = "";
  #marksAt = 0;
  /** The index of the character that is being folded. */
  #source = 0;

  constructor(sink: FoldedSink) {
    this.#sink = sink;
  }

  fold(run: CharacterRun): void {
    for (let index = 0; index < run.count; index++) {
      if (this.#marks === "") index = this.#giveAscii(run, index);
      if (index === run.count) break;
      const codePoint = run.codePoints[index] ?? 0;
      const at = run.offsets[index] ?? 0;
      this.#source = index;
      if (codePoint >= 128) {
        this.#giveRare(codePoint, at);
      } else {
        if (this.#marks !== "") this.#flushMarks();
        this.#give(ascii[codePoint] ?? 0, at);
      }
    }
    this.#sink.take();
  }

  get heldFrom(): number | undefined {
    return this.#marks === "" ? undefined : this.#marksAt;
  }

  flush(): void {
    if (this.#marks === "") return;
    this.#source = 0;
    this.#flushMarks();
    this.#sink.take();
  }

  /**
   * Gives on ASCII, as far as there is nothing to decide: up to another character, to white space behind white space, or
   * until there is no more room. Almost every character goes through this loop.
   */
  #giveAscii(run: CharacterRun, from: number): number {
    const { run: folded } = this.#sink;
    const { codePoints, offsets, sources } = folded;
    const most = Math.min(run.count, from + mostInRun - 1 - folded.count);
    const shift = folded.count - from;
    let wasSpace = this.#isAfterSpace;
    let index = from;
    for (; index < most; index++) {
      const codePoint = run.codePoints[index] ?? 0;
      if (codePoint >= 128) break;
      const small = ascii[codePoint] ?? 0;
      if (small === space && wasSpace) break;
      wasSpace = small === space;
      codePoints[index + shift] = small;
      offsets[index + shift] = run.offsets[index] ?? 0;
      sources[index + shift] = index;
    }
    folded.count = index + shift;
    this.#isAfterSpace = wasSpace;
    if (index > from) this.#skipped = 0;
    return index;
  }

  #giveRare(codePoint: number, at: number): void {
    const apart = foldCharacter(codePoint);
    if (apart === "") this.#skip(at);
    for (const each of apart) {
      if (mark.test(each)) {
        if (this.#marks === "") this.#marksAt = at;
        this.#marks += each;
        if (this.#marks.length >= mostMarks) this.#flushMarks();
      } else {
        if (this.#marks !== "") this.#flushMarks();
        this.#give(each.codePointAt(0) ?? 0, at);
      }
    }
  }

  #give(codePoint: number, at: number): void {
    const isSpace = codePoint === space;
    if (isSpace && this.#isAfterSpace) {
      this.#skip(at);
      return;
    }
    this.#isAfterSpace = isSpace;
    this.#skipped = 0;
    this.#add(codePoint, at);
  }

  #skip(at: number): void {
    this.#skipped += 1;
    if (this.#skipped === mostSkipped) this.#add(gap, at);
  }

  #flushMarks(): void {
    const ordered = this.#marks.normalize("NFD");
    this.#marks = "";
    for (const each of ordered) this.#add(each.codePointAt(0) ?? 0, this.#marksAt);
  }

  #add(codePoint: number, at: number): void {
    const { run: folded, take } = this.#sink;
    const { count } = folded;
    folded.codePoints[count] = codePoint;
    folded.offsets[count] = at;
    folded.sources[count] = this.#source;
    folded.count = count + 1;
    if (folded.count === mostInRun) take();
  }
}
