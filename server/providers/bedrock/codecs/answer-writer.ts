import { FinishReason } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { CompletionEvent } from "../../../core/reply.ts";
import { malformed } from "../errors.ts";
import { reasoningDelta, textDelta, toolUseDelta } from "./events.ts";
import { createTextHold } from "./text-hold.ts";
import { createTextJoiner } from "./text-joiner.ts";

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

type Kind = "text" | "reasoning" | "tool" | "answer";

/** Begins with nothing. `answerTool` names the tool whose arguments are the answer's text, where there is one. */
export function createAnswerWriter(answerTool: string | undefined): AnswerWriter {
  const joiner = createTextJoiner();
  const hold = createTextHold(answerTool !== undefined);
  const open = new Map<number, { kind: Kind; isEmpty: boolean }>();
  const used = new Set<Kind>();
  let bytes = 0;

  const entry = (block: number, kind: Kind) => {
    const found = open.get(block);
    if (found?.kind === kind) return found;
    const fresh = { kind, isEmpty: true };
    open.set(block, fresh);
    return fresh;
  };
  const written = (block: number, kind: Kind, piece: string): CompletionEvent[] => {
    if (piece === "") return [];
    if (kind === "text") return hold.pass(textDelta(block, piece), piece.length);
    if (kind === "answer") return textDelta(block, piece);
    if (kind === "reasoning") return [reasoningDelta(block, { text: piece })];
    return [toolUseDelta(block, { inputJson: piece })];
  };
  const joined = (block: number, kind: Kind, piece: string): CompletionEvent[] => {
    if (piece === "") return [];
    entry(block, kind).isEmpty = false;
    bytes += Buffer.byteLength(piece);
    return written(block, kind, joiner.push(block, piece));
  };
  const end = (block: number): CompletionEvent[] => {
    const ending = open.get(block);
    if (!ending) return [];
    open.delete(block);
    const { kind, isEmpty } = ending;
    const isTool = kind === "tool" || kind === "answer";
    return written(block, kind, isTool && isEmpty ? "{}" : joiner.end(block));
  };

  return {
    text: (block, piece) => joined(block, "text", piece),
    reasoning(block, { text = "", signature = "", redactedContent }) {
      if (signature === "" && !redactedContent?.length) return joined(block, "reasoning", text);
      bytes += Buffer.byteLength(text);
      const rest = joiner.push(block, text) + joiner.end(block);
      open.delete(block);
      const proof = { signature, ...(redactedContent && { redactedContent }) };
      return [reasoningDelta(block, { text: rest, ...proof })];
    },
    toolUse(block, id, name) {
      if (!id || !name) throw malformed("A tool use of the model has no id or no name.");
      const kind = name === answerTool ? "answer" : "tool";
      used.add(kind);
      entry(block, kind);
      if (kind === "tool") return [...hold.release(), toolUseDelta(block, { id, name })];
      hold.drop();
      return [];
    },
    toolInput(block, json) {
      const kind = open.get(block)?.kind;
      return kind === "tool" || kind === "answer" ? joined(block, kind, json) : [];
    },
    end,
    finish: () => [...[...open.keys()].flatMap(end), ...hold.release()],
    meaningOf(reason) {
      const isAnswered = used.has("answer") && !used.has("tool");
      return reason === FinishReason.TOOL_USE && isAnswered ? FinishReason.STOP : reason;
    },
    get bytes() {
      return bytes;
    },
  };
}
