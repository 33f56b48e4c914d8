import type { FinishReason } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { CompletionEvent } from "../../../core/reply.ts";
import type { AnswerWriter, ReasoningPiece } from "../../codec-parts/answer-writer.ts";

/**
 * Reads blocks as Converse and Nova number them and writes them as we do. Nova gives every token of a text a number of
 * its own, so adjacent text is one block whatever its numbers, and so is reasoning until it is signed or encrypted.
 */
export interface BlockReader {
  text(piece: string): CompletionEvent[];
  reasoning(index: number, piece: ReasoningPiece): CompletionEvent[];
  toolUse(index: number, id: string | undefined, name: string | undefined): CompletionEvent[];
  toolInput(index: number, json: string): CompletionEvent[];
  /** The provider says that the block is whole. */
  stop(index: number): CompletionEvent[];
  /** The answer is whole. */
  finish(): CompletionEvent[];
  meaningOf(reason: FinishReason): FinishReason;
  /** How much the model has written, in bytes of UTF-8. */
  bytes(): number;
}

/** Begins before the first block. */
export function createBlockReader(writer: AnswerWriter): BlockReader {
  const tools = new Map<number, number>();
  let block = -1;
  let kind: "text" | "reasoning" | "tool" | undefined;
  /** The provider's number of the reasoning under way. */
  let thoughtIndex: number | undefined;
  let isSigned = false;

  const begin = (next: typeof kind): CompletionEvent[] => {
    const events = kind === "tool" ? [] : writer.end(block);
    block++;
    kind = next;
    isSigned = false;
    return events;
  };

  return {
    text(piece) {
      if (piece === "") return [];
      if (kind === "text") return writer.text(block, piece);
      return [...begin("text"), ...writer.text(block, piece)];
    },
    reasoning(index, piece) {
      const isEncrypted = !!piece.redactedContent?.length;
      if (!isEncrypted && !piece.signature && !piece.text) return [];
      const isOther = index !== thoughtIndex && (isSigned || isEncrypted);
      const events = kind === "reasoning" && !isOther ? [] : begin("reasoning");
      events.push(...writer.reasoning(block, piece));
      thoughtIndex = index;
      isSigned ||= isEncrypted || !!piece.signature;
      return events;
    },
    toolUse(index, id, name) {
      const events = begin("tool");
      tools.set(index, block);
      return [...events, ...writer.toolUse(block, id, name)];
    },
    toolInput(index, json) {
      const tool = tools.get(index);
      return tool === undefined ? [] : writer.toolInput(tool, json);
    },
    stop(index) {
      const tool = tools.get(index);
      return tool === undefined ? [] : writer.end(tool);
    },
    finish: () => writer.finish(),
    meaningOf: (reason) => writer.meaningOf(reason),
    bytes: () => writer.bytes,
  };
}
