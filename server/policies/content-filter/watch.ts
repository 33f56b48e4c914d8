/** Looks for matches of some rules in one text, character by character. Rules are numbers; -1 is none. */
export interface Watch {
  /** One more character, and where in the text what it stands for begins: the rule that has matched before it. */
  step(codePoint: number, at: number): number;
  /** The rule that matches if the text, which is so long, ends here. Changes nothing: the text may go on all the same. */
  atEnd(at: number): number;
  /** From where on the text could still become a match; `at`, its length, when nothing could. */
  heldFrom(at: number): number;
}
