import type { Finding, Scanner } from "./scan.ts";

/** What is looked for in a text, and what becomes of it. */
export interface Rewriting {
  readonly scanner: Scanner;
  /** What stands in the finding's place; undefined leaves it as it is. Asked once for each finding; may throw. */
  readonly replace: (finding: Finding, value: string) => string | undefined;
}

/**
 * Rewrites a text that comes in pieces. What comes out, put together, is what the whole text would have become, wherever
 * the pieces were cut.
 */
export interface Rewriter {
  /** What may leave now that this piece is there. */
  push(piece: string): string;
  /** The rest, because the text is over or something else comes next. Should it go on after all, nothing whole leaks. */
  flush(): string;
  /** Whether a text that tells its own end, as JSON does, is over. */
  readonly isWhole: boolean;
}

/** More characters than any entity can hold back (an address of e-mail, 320; a web address, 2,048). */
export const mostHeldCharacters = 65_536;

/** How much of what has left a window of text keeps: a little more than matters, so that its edge is not taken for a beginning. */
export function reachOf({ contextLength }: Scanner): number {
  return contextLength + 8;
}

/** Never between the halves of a surrogate pair. */
export function cutBefore(text: string, position: number): number {
  if (position <= 0) return 0;
  const unit = text.charCodeAt(position);
  return unit >= 0xdc00 && unit <= 0xdfff ? position - 1 : position;
}
