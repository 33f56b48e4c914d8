import { tokenAt } from "./answers.ts";
import type { Lane } from "./lanes/lane.ts";

/** A streamed call under way. */
export interface CheckedStream {
  /** Settles with its first token; rejects if the stream breaks before. */
  readonly firstToken: Promise<void>;
  /** Settles with its end; rejects if it broke, or if one token was missing, doubled or wrong. */
  readonly end: Promise<void>;
}

/** Starts a stream and compares every token with the one that has to come. */
export function startCheckedStream(lane: Lane, onToken: () => void): CheckedStream {
  const first = Promise.withResolvers<void>();
  let position = 0;
  const end = lane
    .stream((text) => {
      const expected = tokenAt(position);
      if (text !== expected) throw new Error(`token ${position}: ${text} instead of ${expected}`);
      position += 1;
      onToken();
      if (position === 1) first.resolve();
    })
    .then((outputTokens) => {
      if (outputTokens === position && position > 0) return;
      throw new Error(`${position} tokens came, and the answer says ${outputTokens}`);
    });
  end.catch(first.reject);
  first.promise.catch(() => {});
  return { firstToken: first.promise, end };
}
