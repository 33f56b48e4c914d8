/** Personal data that was found, by where it stands: UTF-16 offsets into the text, `end` exclusive. */
export interface Finding {
  /** For example `EMAIL`. */
  readonly entity: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the entities it was made for. What stands before a value may decide about it, for at most `contextLength`
 * characters; what stands behind it only by whether the value goes on.
 */
export interface Scanner {
  /** How many characters before a value can matter, its own length not counted. */
  readonly contextLength: number;
  /**
   * All findings in their order, overlaps resolved: leftmost, then longest, then by a fixed order of entities. With
   * `from`, only what starts there or later, as if nothing before it were personal data; it is then only context.
   */
  scan(text: string, from?: number): readonly Finding[];
  /**
   * For a text that may go on: everything that is found before this offset, and that nothing is found there, stays so
   * whatever follows. Never inside a finding, never between the halves of a surrogate pair.
   */
  settledBefore(text: string): number;
}
