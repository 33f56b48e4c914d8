import { FinishReason, type Usage } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { estimateUsage } from "../../../core/estimate-usage.ts";
import type { CompletionEvent } from "../../../core/reply.ts";
import { createAnswerWriter } from "../../codec-parts/answer-writer.ts";
import { type CallPiece, createChatBlocks } from "../../codec-parts/chat-blocks.ts";
import { completed, finishReasonOf } from "../../codec-parts/events.ts";
import type { JsonObject } from "../../codec-parts/json.ts";
import { reportedUsage } from "../../codec-parts/reported-usage.ts";
import { createStopCutter } from "../../codec-parts/stop-cutter.ts";
import type { Asked, TokenCounts } from "../../codec-parts/stream-decoder.ts";
import { type ChatPiece, countsFromChatUsage, readChatPiece } from "./mistral-chat-piece.ts";

const finishReasons: ReadonlyMap<string, FinishReason> = new Map([
  ["stop", FinishReason.STOP],
  ["length", FinishReason.LENGTH],
  ["model_length", FinishReason.CONTEXT_WINDOW],
  ["tool_calls", FinishReason.TOOL_USE],
  ["content_filter", FinishReason.CONTENT_FILTER],
]);

/** Reads one answer in the chat form, chunk by chunk; a whole answer is one chunk. */
export interface ChatReading {
  /** The events of a chunk; `counts` are those of the service that came with it. */
  read(chunk: JsonObject, counts: TokenCounts | undefined): CompletionEvent[];
  /** Nothing more comes: the end of an answer that has a reason and still waited for counts. */
  end(): CompletionEvent[];
  usageSoFar(): Usage;
  isCutShort(): boolean;
}

/** Begins to read. Text ends before the first stop sequence, which is looked for here. */
export function readChat({ request }: Asked): ChatReading {
  const writer = createAnswerWriter(undefined);
  const cutter = createStopCutter(request.stopSequences);
  const blocks = createChatBlocks();
  let word: string | undefined;
  let byModel: TokenCounts | undefined;
  let byService: TokenCounts | undefined;
  let ending: "open" | "whole" | "cut-short" = "open";

  const usage = (): Usage => {
    const counts = byModel ?? byService;
    return counts ? reportedUsage(counts) : estimateUsage(request, writer.bytes);
  };
  const text = (piece: string): CompletionEvent[] =>
    piece === "" ? [] : writer.text(blocks.text(), piece);
  const call = (piece: CallPiece): CompletionEvent[] => {
    const { block, isNew } = blocks.call(piece);
    const opening = isNew ? writer.toolUse(block, piece.id, piece.name) : [];
    return [...opening, ...writer.toolInput(block, piece.inputJson)];
  };
  const message = (piece: ChatPiece): CompletionEvent[] => {
    word = piece.word ?? word;
    const { reasoning } = piece;
    const events = reasoning ? writer.reasoning(blocks.reasoning(), { text: reasoning }) : [];
    events.push(...text(cutter.push(piece.text)));
    if (cutter.found !== undefined || piece.calls.length === 0) return events;
    // Text that was held ends here: what a model writes around a tool use is not one sequence.
    return [...events, ...text(cutter.end()), ...piece.calls.flatMap(call)];
  };
  const close = (): CompletionEvent[] => {
    ending = word === undefined ? "cut-short" : "whole";
    const events = [...text(cutter.end()), ...writer.finish()];
    const finishReason = meaningOf(word ?? "", cutter.found, blocks.hasCalls());
    const end = { finishReason, word: word ?? "", stopSequence: cutter.found, usage: usage() };
    return [...events, completed(end)];
  };

  return {
    read(chunk, counts) {
      if (ending !== "open") return [];
      const modelCounts = countsFromChatUsage(chunk);
      byModel = modelCounts ?? byModel;
      byService = counts ?? byService;
      const piece = readChatPiece(chunk);
      const events = piece ? message(piece) : [];
      const isCounted = modelCounts !== undefined || counts !== undefined;
      const isOver = word === undefined ? cutter.found !== undefined : isCounted;
      return isOver ? [...events, ...close()] : events;
    },
    end: () => (ending === "open" && word !== undefined ? close() : []),
    usageSoFar: usage,
    isCutShort: () => ending === "cut-short",
  };
}

function meaningOf(word: string, stop: string | undefined, hasCalls: boolean): FinishReason {
  if (stop !== undefined) return FinishReason.STOP_SEQUENCE;
  const reason = finishReasonOf(word, finishReasons);
  // Where a tool must be used, some models say `stop` after they did.
  return hasCalls && reason === FinishReason.STOP ? FinishReason.TOOL_USE : reason;
}
