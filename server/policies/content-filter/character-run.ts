/** How many characters a run has at most: few enough to stay in the processor's nearest cache. */
export const mostInRun = 1024;

/** Some characters of a text that follow each other, on their way through the watches. */
export interface CharacterRun {
  readonly codePoints: Int32Array;
  /** Where in the text what each stands for begins, in UTF-16 code units from the start. */
  readonly offsets: Int32Array;
  count: number;
}

/** Characters that were made of a run's, which may be more or fewer. */
export interface FoldedRun extends CharacterRun {
  /** The index of the character that each became known by. */
  readonly sources: Int32Array;
}

/** An empty one. It is for use again and again: to make one costs more than most texts do. */
export function createRun(): FoldedRun {
  return {
    codePoints: new Int32Array(mostInRun),
    offsets: new Int32Array(mostInRun),
    sources: new Int32Array(mostInRun),
    count: 0,
  };
}
