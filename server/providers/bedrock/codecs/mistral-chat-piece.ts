import type { CallPiece } from "../../codec-parts/chat-blocks.ts";
import { countAt, type JsonObject, objectAt, objectsAt, textAt } from "../../codec-parts/json.ts";
import type { TokenCounts } from "../../codec-parts/stream-decoder.ts";

/** What one body, or one chunk, of the chat form says. */
export interface ChatPiece {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly CallPiece[];
  /** The model's word for why it ended; absent while it still writes. */
  readonly word: string | undefined;
}

/**
 * Reads a body or a chunk. Undefined where there is no message: a body that is broken, a chunk that only counts. The
 * older models write `message` and `stop_reason` in both, the newer ones `delta` in chunks and `finish_reason`, beside
 * which a `stop_reason` is something else.
 */
export function readChatPiece(json: JsonObject): ChatPiece | undefined {
  const [choice] = objectsAt(json.choices);
  const message = objectAt(choice?.delta ?? choice?.message);
  const { content, tool_calls: calls } = message;
  const word = textAt(choice?.finish_reason) || textAt(choice?.stop_reason) || undefined;
  if (!choice || (content === undefined && calls === undefined && !choice.delta)) return undefined;
  const parts = Array.isArray(content) ? objectsAt(content) : [];
  return {
    text: textAt(content) ?? textsIn(parts, "text"),
    reasoning: textAt(message.reasoning_content) ?? textsIn(parts, "thinking"),
    calls: objectsAt(calls).map(readCall),
    word,
  };
}

/** The newer models' own counts (the older ones have none). */
export function countsFromChatUsage(json: JsonObject): TokenCounts | undefined {
  const usage = objectAt(json.usage);
  const inputTokens = countAt(usage.prompt_tokens);
  const outputTokens = countAt(usage.completion_tokens);
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  return { inputTokens, outputTokens };
}

function readCall(call: JsonObject): CallPiece {
  const { name, arguments: input } = objectAt(call.function);
  return {
    id: textAt(call.id) || undefined,
    index: countAt(call.index),
    name: textAt(name) || undefined,
    inputJson: textAt(input) ?? (input === undefined ? "" : JSON.stringify(objectAt(input))),
  };
}

/** Content as a list has a part for each kind; thinking is a list of texts itself (Mistral: Reasoning). */
function textsIn(parts: readonly JsonObject[], kind: "text" | "thinking"): string {
  return parts
    .filter(({ type }) => type === kind)
    .map((part) => textAt(part[kind]) ?? textsIn(objectsAt(part[kind]), "text"))
    .join("");
}
