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
 * tokens in one message, but none may be missing, doubled or wrong.
 */
export function startCheckedStream(lane: Lane, onTokens: (count: number) => void): CheckedStream {
  const first = Promise.withResolvers<void>();
  let position = 0;
  const end = lane
    .stream((text) => {
      const before = position;
      for (let at = 0; at < text.length; position += 1) {
        const expected = tokenAt(position);
        if (!text.startsWith(expected, at)) {
          throw new Error(`token ${position}: ${text.slice(at, at + 20)} instead of ${expected}`);
        }
        at += expected.length;
      }
      onTokens(position - before);
      if (before === 0) first.resolve();
    })
    .then((outputTokens) => {
      if (outputTokens === position && position > 0) return;
      throw new Error(`${position} tokens came, and the answer says ${outputTokens}`);
    });
  end.catch(first.reject);
  first.promise.catch(() => {});
  return { firstToken: first.promise, end };
}
