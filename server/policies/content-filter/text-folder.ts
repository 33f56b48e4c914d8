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
export function createTextFolder({ run: folded, take }: FoldedSink): TextFolder {
  let skipped = 0;
  let isAfterSpace = false;
  let marks = "";
  let marksAt = 0;
  /** The index of the character that is being folded. */
  let source = 0;

  const add = (codePoint: number, at: number) => {
    const { count } = folded;
    folded.codePoints[count] = codePoint;
    folded.offsets[count] = at;
    folded.sources[count] = source;
    folded.count = count + 1;
    if (folded.count === mostInRun) take();
  };
  const skip = (at: number) => {
    skipped += 1;
    if (skipped === mostSkipped) add(gap, at);
  };
  const flushMarks = () => {
    const ordered = marks.normalize("NFD");
    marks = "";
    for (const each of ordered) add(each.codePointAt(0) ?? 0, marksAt);
  };
  const give = (codePoint: number, at: number) => {
    if (codePoint === space) {
      if (isAfterSpace) return skip(at);
      isAfterSpace = true;
    } else {
      isAfterSpace = false;
    }
    skipped = 0;
    add(codePoint, at);
  };
  const giveRare = (codePoint: number, at: number) => {
    const apart = foldCharacter(codePoint);
    if (apart === "") return skip(at);
    for (const each of apart) {
      if (mark.test(each)) {
        if (marks === "") marksAt = at;
        marks += each;
        if (marks.length >= mostMarks) flushMarks();
      } else {
        if (marks !== "") flushMarks();
        give(each.codePointAt(0) ?? 0, at);
      }
    }
  };

  /**
   * Gives on ASCII, as far as there is nothing to decide: up to another character, to white space behind white space, or
   * until there is no more room. Almost every character goes through this loop.
   */
  const giveAscii = (run: CharacterRun, from: number): number => {
    const { codePoints, offsets, sources } = folded;
    const most = Math.min(run.count, from + mostInRun - 1 - folded.count);
    const shift = folded.count - from;
    let wasSpace = isAfterSpace;
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
    isAfterSpace = wasSpace;
    if (index > from) skipped = 0;
    return index;
  };

  return {
    fold(run) {
      for (source = 0; source < run.count; source++) {
        if (marks === "") source = giveAscii(run, source);
        if (source === run.count) break;
        const codePoint = run.codePoints[source] ?? 0;
        const at = run.offsets[source] ?? 0;
        if (codePoint >= 128) {
          giveRare(codePoint, at);
        } else {
          if (marks !== "") flushMarks();
          give(ascii[codePoint] ?? 0, at);
        }
      }
      take();
    },
    get heldFrom() {
      return marks === "" ? undefined : marksAt;
    },
    flush() {
      if (marks === "") return;
      source = 0;
      flushMarks();
      take();
    },
  };
}
