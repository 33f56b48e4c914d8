import { foldCharacter, gap, space } from "./fold-text.ts";

/** Takes folded characters one by one, each with the offset of what it was made from. */
export type FoldedSink = (codePoint: number, at: number) => void;

/** Folds a text that comes in pieces: what is given on is `foldText` of the whole, whatever the pieces. */
export interface TextFolder {
  /** One character of the text, and where it begins. */
  take(codePoint: number, at: number): void;
  /** Where the accents begin whose order is not known yet; undefined where there are none. */
  readonly heldFrom: number | undefined;
  /** Gives on what is held. */
  flush(): void;
}

/** A longer run of white space, or of invisible characters, ends whatever began before it. */
const mostSkipped = 64;

/** Unicode's own limit for accents on one letter is 30 (UAX #15, Stream-Safe Text Format). */
const mostMarks = 32;

const mark = /^\p{M}$/u;
const ascii = Array.from({ length: 128 }, (_, code) => foldCharacter(code).codePointAt(0) ?? 0);

/** Begins at the start of a text. */
export function createTextFolder(sink: FoldedSink): TextFolder {
  let skipped = 0;
  let isAfterSpace = false;
  let marks = "";
  let marksAt = 0;

  const skip = (at: number) => {
    skipped += 1;
    if (skipped === mostSkipped) sink(gap, at);
  };
  const flush = () => {
    if (marks === "") return;
    const ordered = marks.normalize("NFD");
    marks = "";
    for (const each of ordered) sink(each.codePointAt(0) ?? 0, marksAt);
  };
  const give = (codePoint: number, at: number) => {
    if (codePoint === space) {
      if (isAfterSpace) return skip(at);
      isAfterSpace = true;
    } else {
      isAfterSpace = false;
    }
    skipped = 0;
    sink(codePoint, at);
  };
  const takeRare = (codePoint: number, at: number) => {
    const folded = foldCharacter(codePoint);
    if (folded === "") return skip(at);
    for (const each of folded) {
      if (mark.test(each)) {
        if (marks === "") marksAt = at;
        marks += each;
        if (marks.length >= mostMarks) flush();
      } else {
        flush();
        give(each.codePointAt(0) ?? 0, at);
      }
    }
  };

  return {
    take(codePoint, at) {
      if (codePoint >= 128) return takeRare(codePoint, at);
      if (marks !== "") flush();
      give(ascii[codePoint] ?? 0, at);
    },
    get heldFrom() {
      return marks === "" ? undefined : marksAt;
    },
    flush,
  };
}
