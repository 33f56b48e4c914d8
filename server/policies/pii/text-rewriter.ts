import {
  cutBefore,
  mostHeldCharacters,
  type Rewriter,
  type Rewriting,
  reachOf,
} from "./rewriter.ts";

/** Rewrites a text that is all there. The text itself comes back when nothing was found. */
export function rewriteText(text: string, { scanner, replace }: Rewriting): string {
  if (text === "") return text;
  let written = "";
  let position = 0;
  for (const finding of scanner.scan(text)) {
    const { start, end } = finding;
    const replacement = replace(finding, text.slice(start, end));
    if (replacement === undefined) continue;
    written += text.slice(position, start) + replacement;
    position = end;
  }
  return position === 0 ? text : written + text.slice(position);
}

/**
 * Rewrites plain text piece by piece. It keeps what has left as context, in its original characters, and holds back what
 * may still become part of a finding.
 */
export function createTextRewriter({ scanner, replace }: Rewriting): Rewriter {
  const reach = reachOf(scanner);
  let window = "";
  /** Up to here the window has left. */
  let gone = 0;
  /** Where the last flush began: what is found there was cut by it. */
  let flushed = Number.POSITIVE_INFINITY;

  const release = (until: number): string => {
    if (until <= gone) return "";
    let written = "";
    let position = gone;
    for (const finding of scanner.scan(window, Math.min(gone, flushed))) {
      const { start, end } = finding;
      if (end > until) break;
      if (end <= gone) continue;
      const replacement = replace(finding, window.slice(start, end));
      if (replacement === undefined) continue;
      written += window.slice(position, Math.max(start, position)) + replacement;
      position = end;
    }
    written += window.slice(position, until);
    gone = until;
    forget();
    return written;
  };
  const forget = () => {
    const cut = cutBefore(window, gone - reach);
    window = window.slice(cut);
    gone -= cut;
    flushed = Math.max(0, flushed - cut);
  };

  return {
    isWhole: false,
    push(piece) {
      window += piece;
      const until = scanner.settledBefore(window);
      const isOn = until > gone;
      const written = release(until);
      if (isOn) flushed = Number.POSITIVE_INFINITY;
      if (window.length - gone > mostHeldCharacters) throw new Error("a scanner settles nothing");
      return written;
    },
    flush() {
      if (gone < window.length) flushed = gone;
      return release(window.length);
    },
  };
}
