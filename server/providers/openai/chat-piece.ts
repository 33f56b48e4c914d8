import type { CallPiece } from "../codec-parts/chat-blocks.ts";
import { countAt, type JsonObject, objectAt, objectsAt, textAt } from "../codec-parts/json.ts";

/** What one body, or one chunk of a stream, says. */
export interface ChatPiece {
  readonly text: string;
  /** What the model says instead of an answer. */
  readonly refusal: string;
  /** Reasoning in words: OpenAI shows none over Chat Completions, servers of the same form do. */
  readonly reasoning: string;
  readonly calls: readonly CallPiece[];
  /** The word for why the answer ended; absent while the model still writes. */
  readonly word: string | undefined;
}

/** Reads the one choice that was asked for; undefined where there is none, as in the chunk that only counts. */
export function readChatPiece(json: JsonObject): ChatPiece | undefined {
  const [choice] = objectsAt(json.choices);
  const said = choice?.delta ?? choice?.message;
  if (!choice || typeof said !== "object" || said === null) return undefined;
  const message = objectAt(said);
  return {
    text: textAt(message.content) ?? "",
    refusal: textAt(message.refusal) ?? "",
    reasoning: textAt(message.reasoning_content) ?? "",
    calls: objectsAt(message.tool_calls).map(readCall),
    word: textAt(choice.finish_reason) || undefined,
  };
}

/** Whether a whole answer has what an answer must have: something said, if only nothing, and an end. */
export function isWholeAnswer(json: JsonObject): boolean {
  const [choice] = objectsAt(json.choices);
  const message = objectAt(choice?.message);
  const isSaid = message.content !== undefined || message.tool_calls !== undefined;
  return isSaid && readChatPiece(json)?.word !== undefined;
}

function readCall(call: JsonObject): CallPiece {
  const { name, arguments: input } = objectAt(call.function);
  return {
    id: textAt(call.id) || undefined,
    index: countAt(call.index),
    name: textAt(name) || undefined,
    inputJson: textAt(input) ?? "",
  };
}
