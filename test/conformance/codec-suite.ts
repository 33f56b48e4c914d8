import { describe } from "node:test";
import type { FinishReason } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Codec } from "../../server/providers/bedrock/codecs/codec.ts";
import { brokenAnswers } from "./codec/broken-answers.ts";
import { continuing } from "./codec/continuing.ts";
import { countedTokens } from "./codec/counted-tokens.ts";
import { endings } from "./codec/endings.ts";
import { exchangesOf } from "./codec/exchange.ts";
import { exchanges } from "./codec/exchanges.ts";
import { pieces } from "./codec/pieces.ts";
import type { Speaker } from "./codec/speech.ts";
import { stopSequences } from "./codec/stop-sequences.ts";
import { tokenLimits } from "./codec/token-limits.ts";

/** A codec, and what the suite must know about its family. */
export interface CodecCase {
  readonly codec: Codec;
  /** The folder of its exchanges under `test/fixtures/bedrock`; the suite says which exchanges must be there. */
  readonly fixtures: string;
  /** A model of the family. */
  readonly model: string;
  /** Writes answers as the models of the family do. */
  readonly speaker: Speaker;
  /** A word with which the models end when they have said all. */
  readonly stopWord: string;
  /** Every word with which they are known to end, and what it means. */
  readonly finishReasons: readonly (readonly [word: string, reason: FinishReason])[];
  /** Where a request body says how many tokens may be written, and how many the gateway asks for unasked. */
  readonly maxTokens: { readonly in: (body: Body) => unknown; readonly usual: number };
  readonly counts: {
    /** Whether the models count themselves, in the body and in the chunks. */
    readonly byModel: boolean;
    /** Whether the service counts, in headers and in the metrics of the last chunk. */
    readonly byService: boolean;
  };
  /** Whether the gateway looks for stop sequences itself, because the models cannot. */
  readonly cutsItself: boolean;
  /** Where a request body has the text that the model is to go on with; absent: it cannot be made to. */
  readonly continued?: { readonly in: (body: Body) => string };
  /** Whole answers that break the family's promise, beside those that are no answer of any family. */
  readonly broken: readonly (readonly [about: string, body: unknown])[];
}

/** A request body, read; a missing path throws and so fails the test. */
// biome-ignore lint/suspicious/noExplicitAny: the suite does not know the bodies of a family
export type Body = any;

/**
 * What every codec must do, whatever its family: the exported suite of the interface `Codec`. A test file of a family
 * calls it once and adds what is special about the family.
 */
export function describeCodec(subject: CodecCase): void {
  const { codec, fixtures, model } = subject;
  const found = exchangesOf(fixtures, codec.family, model);
  describe(`the codec ${codec.family}`, () => {
    exchanges(subject, found);
    tokenLimits(subject);
    pieces(subject);
    endings(subject);
    countedTokens(subject);
    stopSequences(subject);
    continuing(subject);
    brokenAnswers(subject, found);
  });
}
