import { FinishReason, type Usage } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { estimateUsage } from "../../../core/estimate-usage.ts";
import type { CompletionEvent } from "../../../core/reply.ts";
import { completed, finishReasonOf, textDelta } from "../../codec-parts/events.ts";
import { type JsonObject, objectAt } from "../../codec-parts/json.ts";
import { malformed } from "../../codec-parts/malformed.ts";
import { reportedUsage } from "../../codec-parts/reported-usage.ts";
import { createStopCutter } from "../../codec-parts/stop-cutter.ts";
import type { Asked, StreamDecoder, TokenCounts } from "../../codec-parts/stream-decoder.ts";
import { countsFromMetrics } from "../usage.ts";
import type { Codec } from "./codec.ts";

/** What one body, or one chunk, of a model that writes nothing but text says. */
export interface TextPiece {
  readonly text: string;
  /** The model's word for why it ended; absent while it still writes. */
  readonly word?: string | undefined;
  /** How many tokens the model has read. */
  readonly inputTokens?: number | undefined;
  /** How many tokens the model has written so far. */
  readonly outputTokens?: number | undefined;
}

/** What is special about the answers of a family whose models take a raw prompt and answer with text. */
export interface TextFamily {
  /** Reads the body of a whole answer; undefined when it is none. */
  readonly readBody: (body: JsonObject) => TextPiece | undefined;
  /** Reads a chunk; one that says nothing has no text. */
  readonly readChunk: (chunk: JsonObject) => TextPiece;
  /**
   * The character that the models write before their answer because of the prompt's form; it is taken off once. Before
   * the rest of an answer there is none.
   */
  readonly lead: string;
  readonly finishReasons: ReadonlyMap<string, FinishReason>;
}

/**
 * The decoding half of a codec for such a family. Stop sequences are looked for here, in both deliveries: the text ends
 * before the first one.
 */
export function textDecoding(
  family: TextFamily,
): Pick<Codec, "continuation" | "decode" | "decodeStream"> {
  return {
    continuation: "prompt",
    decode(body, asked, counts) {
      const piece = family.readBody(objectAt(body));
      if (!piece?.word) throw malformed("The model's answer has no text or no stop reason.");
      return readText(family, asked).read(piece, counts);
    },
    decodeStream(asked): StreamDecoder {
      const reading = readText(family, asked);
      return {
        push(value) {
          const chunk = objectAt(value);
          return reading.read(family.readChunk(chunk), countsFromMetrics(chunk));
        },
        usageSoFar: reading.usageSoFar,
        get isCutShort() {
          return reading.isCutShort();
        },
      };
    },
  };
}

/** Reads one answer, piece by piece; a whole answer is one piece. */
function readText({ lead, finishReasons }: TextFamily, asked: Asked) {
  const { request, continued } = asked;
  const cutter = createStopCutter(request.stopSequences, continued?.text);
  let ending: "open" | "whole" | "cut-short" = "open";
  let hasBegun = continued !== undefined;
  let answerBytes = 0;
  let inputTokens: number | undefined;
  let outputTokens: number | undefined;

  const withoutLead = (text: string): string => {
    if (hasBegun || text === "") return text;
    hasBegun = true;
    return text.startsWith(lead) ? text.slice(lead.length) : text;
  };
  const usageBy = (counts: TokenCounts | undefined): Usage => {
    if (inputTokens !== undefined && outputTokens !== undefined) {
      return reportedUsage({ inputTokens, outputTokens });
    }
    if (counts) return reportedUsage(counts);
    const estimate = estimateUsage(request, answerBytes, continued?.text);
    return {
      ...estimate,
      inputTokens: inputTokens ?? estimate.inputTokens,
      outputTokens: outputTokens ?? estimate.outputTokens,
    };
  };
  const end = (word: string, counts: TokenCounts | undefined): CompletionEvent => {
    const stopSequence = cutter.found;
    const finishReason =
      stopSequence === undefined ? finishReasonOf(word, finishReasons) : FinishReason.STOP_SEQUENCE;
    return completed({ finishReason, word, stopSequence, usage: usageBy(counts) });
  };

  return {
    read(piece: TextPiece, serviceCounts: TokenCounts | undefined): CompletionEvent[] {
      if (ending !== "open") return [];
      const { text, word } = piece;
      inputTokens = piece.inputTokens ?? inputTokens;
      outputTokens = piece.outputTokens ?? outputTokens;
      answerBytes += Buffer.byteLength(text);
      const passed = cutter.push(withoutLead(text)) + (word ? cutter.end() : "");
      const events = textDelta(0, passed);
      if (!word && cutter.found === undefined) return events;
      ending = word ? "whole" : "cut-short";
      return [...events, end(word ?? "", serviceCounts)];
    },
    usageSoFar: () => usageBy(undefined),
    isCutShort: () => ending === "cut-short",
  };
}
