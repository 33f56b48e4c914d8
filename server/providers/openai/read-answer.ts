import {
  FinishReason,
  type ServiceTier,
  type Usage,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { CompletionEvent } from "../../core/reply.ts";
import { createAnswerWriter } from "../codec-parts/answer-writer.ts";
import { type CallPiece, createChatBlocks } from "../codec-parts/chat-blocks.ts";
import { completed, finishReasonOf } from "../codec-parts/events.ts";
import { type JsonObject, textAt } from "../codec-parts/json.ts";
import { answerToolOf, jsonAnswerOf } from "../codec-parts/json-answer.ts";
import { createStopCutter } from "../codec-parts/stop-cutter.ts";
import type { Asked, TokenCounts } from "../codec-parts/stream-decoder.ts";
import { usageOf } from "../codec-parts/usage-of.ts";
import { mostNativeStops } from "./accepts.ts";
import { type ChatPiece, readChatPiece } from "./chat-piece.ts";
import { dialectOf } from "./dialect.ts";
import { serviceTierOf } from "./service-tier.ts";
import { countsOf } from "./usage-counts.ts";

/** OpenAI's words for why an answer ended: an open set. `stop` is also what a stop sequence ends with. */
const finishReasons: ReadonlyMap<string, FinishReason> = new Map([
  ["stop", FinishReason.STOP],
  ["length", FinishReason.LENGTH],
  ["tool_calls", FinishReason.TOOL_USE],
  ["function_call", FinishReason.TOOL_USE],
  ["content_filter", FinishReason.CONTENT_FILTER],
]);

/** Reads one answer, chunk by chunk; a whole answer is one chunk. */
export interface AnswerReading {
  /** The events of a chunk. */
  read(chunk: JsonObject): CompletionEvent[];
  /** The end marker was seen: the end of the answer, or nothing where the answer never said that it had ended. */
  end(): CompletionEvent[];
  usageSoFar(): Usage;
  /** Whether the gateway ended the answer itself, at a stop sequence, while the model still writes. */
  isCutShort(): boolean;
}

/** Begins to read. The gateway looks for the stop sequences that were more than OpenAI takes. */
export function readAnswer({ request, endpoint }: Asked): AnswerReading {
  const answer = jsonAnswerOf(request, endpoint, dialectOf(endpoint).jsonSchema);
  const writer = createAnswerWriter(answerToolOf(answer));
  const cutter = createStopCutter(request.stopSequences.slice(mostNativeStops));
  const blocks = createChatBlocks();
  let word: string | undefined;
  let isRefused = false;
  let counts: TokenCounts | undefined;
  let tier: ServiceTier | undefined;
  let ending: "open" | "whole" | "cut-short" = "open";

  const usage = () => usageOf(request, counts, writer.bytes);
  const text = (piece: string): CompletionEvent[] =>
    piece === "" ? [] : writer.text(blocks.text(), piece);
  const call = (piece: CallPiece): CompletionEvent[] => {
    const { block, isNew } = blocks.call(piece);
    const opening = isNew ? writer.toolUse(block, piece.id, piece.name) : [];
    return [...opening, ...writer.toolInput(block, piece.inputJson)];
  };
  const message = ({ reasoning, refusal, ...piece }: ChatPiece): CompletionEvent[] => {
    word = piece.word ?? word;
    isRefused ||= refusal !== "";
    const events = reasoning ? writer.reasoning(blocks.reasoning(), { text: reasoning }) : [];
    events.push(...text(cutter.push(piece.text + refusal)));
    if (cutter.found !== undefined || piece.calls.length === 0) return events;
    // Text that was held ends here: what a model writes around a tool use is not one sequence.
    return [...events, ...text(cutter.end()), ...piece.calls.flatMap(call)];
  };
  const meaning = (): FinishReason => {
    if (cutter.found !== undefined) return FinishReason.STOP_SEQUENCE;
    const reason = finishReasonOf(word ?? "", finishReasons);
    if (reason !== FinishReason.STOP) return writer.meaningOf(reason);
    // A tool that had to be used ends in `stop` (OpenAI: Function calling).
    if (blocks.hasCalls()) return writer.meaningOf(FinishReason.TOOL_USE);
    return isRefused ? FinishReason.REFUSAL : reason;
  };
  const close = (): CompletionEvent[] => {
    ending = word === undefined ? "cut-short" : "whole";
    const events = [...text(cutter.end()), ...writer.finish()];
    const { found: stopSequence } = cutter;
    const end = { word: word ?? "", stopSequence, usage: usage(), serviceTier: tier };
    return [...events, completed({ finishReason: meaning(), ...end })];
  };

  return {
    read(chunk) {
      if (ending !== "open") return [];
      counts = countsOf(chunk) ?? counts;
      const tierWord = textAt(chunk.service_tier);
      if (tierWord !== undefined) tier = serviceTierOf(tierWord);
      const piece = readChatPiece(chunk);
      const events = piece ? message(piece) : [];
      return word === undefined && cutter.found !== undefined ? [...events, ...close()] : events;
    },
    end: () => (ending === "open" && word !== undefined ? close() : []),
    usageSoFar: usage,
    isCutShort: () => ending === "cut-short",
  };
}
