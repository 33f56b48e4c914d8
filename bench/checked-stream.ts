import { tokenAt } from "./answers.ts";
import type { Lane } from "./lanes/lane.ts";

/** A streamed call under way. */
export interface CheckedStream {
  /** Settles with its first token; rejects if the stream breaks before. */
  readonly firstToken: Promise<void>;
  /** Settles with its end; rejects if it broke, or if one token was missing, doubled or wrong. */
  readonly end: Promise<void>;
}

/**
 * Starts a stream and compares its text, letter by letter, with the one that has to come: a gateway may send several
 * tokens in one message, or cut one in two, but nothing may be missing, doubled or wrong.
 */
export function startCheckedStream(lane: Lane, onTokens: (count: number) => void): CheckedStream {
  const first = Promise.withResolvers<void>();
  const text = createCheckedText();
  const end = lane
    .stream((piece) => {
      const before = text.tokens;
      text.take(piece);
      onTokens(text.tokens - before);
      if (before === 0 && text.tokens > 0) first.resolve();
    })
    .then((outputTokens) => {
      if (outputTokens === text.tokens && text.isWhole && text.tokens > 0) return;
      throw new Error(`${text.tokens} tokens came, and the answer says ${outputTokens}`);
    });
  end.catch(first.reject);
  first.promise.catch(() => {});
  return { firstToken: first.promise, end };
}

/** The text so far: how many tokens of it are whole, and whether all are. */
function createCheckedText() {
  let tokens = 0;
  let begun = 0;
  return {
    take(piece: string) {
      for (let at = 0; at < piece.length; ) {
        const expected = tokenAt(tokens);
        const part = piece.slice(at, at + expected.length - begun);
        if (!expected.startsWith(part, begun)) {
          throw new Error(`token ${tokens}: ${part} instead of ${expected.slice(begun)}`);
        }
        at += part.length;
        begun += part.length;
        if (begun < expected.length) continue;
        tokens++;
        begun = 0;
      }
    },
    get tokens() {
      return tokens;
    },
    get isWhole() {
      return begun === 0;
    },
  };
}
