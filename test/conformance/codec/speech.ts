import fc from "fast-check";
import type { TokenCounts } from "../../../server/providers/codec-parts/stream-decoder.ts";

/** What a model says, piece by piece, and how it ends. */
export interface Speech {
  readonly pieces: readonly string[];
  /** The model's word for why it ended; absent: it never says. */
  readonly reason?: string | undefined;
  /** It goes on with a text: what the family writes before an answer is not there. */
  readonly isRest?: boolean;
  /** What the model itself counts; absent: nothing. */
  readonly counts?: TokenCounts | undefined;
  /** What the service counts in the last chunk of a stream; absent: nothing. */
  readonly metrics?: TokenCounts | undefined;
}

/** Writes a speech as the models of a family write theirs, with whatever they put around the text. */
export interface Speaker {
  /** The body of a whole answer. */
  whole(speech: Speech): unknown;
  /** The chunks of a stream, one for each piece at least. */
  stream(speech: Speech): unknown[];
}

/** The metrics as the service merges them into a chunk; nothing for none. */
export function metricsMember(metrics: TokenCounts | undefined): object {
  if (!metrics) return {};
  const { inputTokens, outputTokens } = metrics;
  return {
    "amazon-bedrock-invocationMetrics": {
      inputTokenCount: inputTokens,
      outputTokenCount: outputTokens,
      invocationLatency: 1234,
      firstByteLatency: 456,
    },
  };
}

/** Text that takes two or four bytes a character, and characters of several code points. */
export const oddText = "Grüße 🙂👩‍👩‍👧 日本 𝒳!";

/** A text, cut anywhere: between the halves of a surrogate pair too, and into empty pieces. */
export function choppedText(text: fc.Arbitrary<string>): fc.Arbitrary<[string, string[]]> {
  return fc
    .tuple(text, fc.array(fc.nat(60), { maxLength: 12 }))
    .map(([value, cuts]) => [value, chop(value, cuts)]);
}

/** The pieces between these positions. */
export function chop(text: string, cuts: readonly number[]): string[] {
  const ends = [...cuts.map((cut) => Math.min(cut, text.length)), text.length];
  ends.sort((a, b) => a - b);
  return ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
}
