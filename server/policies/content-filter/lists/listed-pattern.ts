/** A pattern of one of the gateway's own lists. It sees folded text: small letters, single spaces, no invisible characters. */
export interface ListedPattern {
  /** What a refusal calls it. */
  readonly name: string;
  /** A RE2 expression. */
  readonly source: string;
}
