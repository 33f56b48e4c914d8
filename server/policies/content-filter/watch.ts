import type { CharacterRun } from "./character-run.ts";

/** Looks for matches of some rules in one text, run by run. Rules are numbers; -1 is none. */
export interface Watch {
  /** Reads on. Gives the index of the first character before which a rule has matched; the run's length where none has. */
  read(run: CharacterRun): number;
  /** The rule that `read` has found. Nothing may be read after it. */
  readonly found: number;
  /** The rule that matches if the text, which is so long, ends here. Changes nothing: the text may go on all the same. */
  atEnd(at: number): number;
  /** From where on the text could still become a match; `at`, its length, when nothing could. */
  heldFrom(at: number): number;
}
