import { FinishReason } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { CompletionEvent } from "../../core/reply.ts";
import { reasoningDelta, textDelta, toolUseDelta } from "./events.ts";
import { malformed } from "./malformed.ts";
import { type BlockKind, createOpenBlocks, type Written } from "./open-blocks.ts";
import { createTextHold } from "./text-hold.ts";

/** A piece of reasoning, as some provider tells it. */
export interface ReasoningPiece {
  readonly text?: string | undefined;
  readonly signature?: string | undefined;
  readonly redactedContent?: Uint8Array | undefined;
}

/**
 * Writes the deltas of an answer made of blocks. A whole answer is written with the same calls as a stream, so both
 * deliveries bring the same. No piece that leaves has half a code point, unless the model itself wrote one.
 */
export interface AnswerWriter {
  text(block: number, piece: string): CompletionEvent[];
  reasoning(block: number, piece: ReasoningPiece): CompletionEvent[];
  /** A tool use begins. Throws DATA_LOSS when it cannot be told apart from others. */
  toolUse(block: number, id: string | undefined, name: string | undefined): CompletionEvent[];
  /** A piece of its arguments' JSON; of a block that is no tool use it is passed over. */
  toolInput(block: number, json: string): CompletionEvent[];
  /** A block is whole. */
  end(block: number): CompletionEvent[];
  /** The answer is whole: everything that was still held. */
  finish(): CompletionEvent[];
  /** What an end means: using the tool that stands for the answer is saying all, not waiting for a tool. */
  meaningOf(reason: FinishReason): FinishReason;
  /** How much the model has written, in bytes of UTF-8. */
  readonly bytes: number;
}

/** Begins with nothing. `answerTool` names the tool whose arguments are the answer's text, where there is one. */
export function createAnswerWriter(answerTool: string | undefined): AnswerWriter {
  const blocks = createOpenBlocks();
  const hold = createTextHold(answerTool !== undefined);
  const used = new Set<BlockKind>();

  const eventsOf = (block: number, { kind, text }: Written): CompletionEvent[] => {
    if (text === "") return [];
    if (kind === "text") return hold.pass(textDelta(block, text), text.length);
    if (kind === "answer") return textDelta(block, text);
    if (kind === "reasoning") return [reasoningDelta(block, { text })];
    return [toolUseDelta(block, { inputJson: text })];
  };
  const write = (block: number, kind: BlockKind, piece: string): CompletionEvent[] =>
    eventsOf(block, { kind, text: blocks.push(block, kind, piece) });
  const end = (block: number): CompletionEvent[] => {
    const rest = blocks.end(block);
    return rest ? eventsOf(block, rest) : [];
  };

  return {
    text: (block, piece) => write(block, "text", piece),
    reasoning(block, { text = "", signature = "", redactedContent }) {
      if (signature === "" && !redactedContent?.length) return write(block, "reasoning", text);
      const last = blocks.push(block, "reasoning", text) + (blocks.end(block)?.text ?? "");
      const proof = { signature, ...(redactedContent && { redactedContent }) };
      return [reasoningDelta(block, { text: last, ...proof })];
    },
    toolUse(block, id, name) {
      if (!id || !name) throw malformed("A tool use of the model has no id or no name.");
      const kind = name === answerTool ? "answer" : "tool";
      used.add(kind);
      blocks.open(block, kind);
      if (kind === "tool") return [...hold.release(), toolUseDelta(block, { id, name })];
      hold.drop();
      return [];
    },
    toolInput(block, json) {
      const kind = blocks.kindOf(block);
      return kind === "tool" || kind === "answer" ? write(block, kind, json) : [];
    },
    end,
    finish: () => [...blocks.numbers.flatMap(end), ...hold.release()],
    meaningOf(reason) {
      const isAnswered = used.has("answer") && !used.has("tool");
      return reason === FinishReason.TOOL_USE && isAnswered ? FinishReason.STOP : reason;
    },
    get bytes() {
      return blocks.bytes;
    },
  };
}
