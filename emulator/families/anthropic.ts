import type { Completion, TokenCounts } from "../completion.ts";
import { readAnthropicPrompt } from "./anthropic-request.ts";
import type { AnswerIdentity, Family, ModelEvent } from "./family.ts";

/** Claude's Messages format as Bedrock serves it (Anthropic Messages API, bedrock-2023-05-31). */
export const anthropic: Family = {
  name: "anthropic",
  serves: (modelId) => /^anthropic\.[a-z0-9][a-z0-9.:-]*$/.test(modelId),
  readPrompt: readAnthropicPrompt,
  answerBody(completion, identity) {
    const text = completion.tokens.join("");
    return {
      ...messageHead(identity),
      content: text === "" ? [] : [{ type: "text", text }],
      ...stop(completion),
      ...usage(completion.usage),
    };
  },
  *streamEvents(completion, identity) {
    yield opening({ type: "message_start", message: startedMessage(completion, identity) });
    if (completion.tokens.length > 0) yield* textBlock(completion.tokens);
    yield closing({
      type: "message_delta",
      delta: stop(completion),
      ...(completion.usage && { usage: { output_tokens: completion.usage.outputTokens } }),
    });
    yield { phase: "last", json: { type: "message_stop" } };
  },
};

function* textBlock(tokens: readonly string[]): Generator<ModelEvent> {
  const block = { index: 0 };
  yield opening({
    type: "content_block_start",
    ...block,
    content_block: { type: "text", text: "" },
  });
  for (const text of tokens) {
    const delta = { type: "text_delta", text };
    yield { phase: "token", json: { type: "content_block_delta", ...block, delta } };
  }
  yield closing({ type: "content_block_stop", ...block });
}

const opening = (json: ModelEvent["json"]): ModelEvent => ({ phase: "opening", json });
const closing = (json: ModelEvent["json"]): ModelEvent => ({ phase: "closing", json });

function startedMessage({ usage: counts }: Completion, identity: AnswerIdentity) {
  return {
    ...messageHead(identity),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    ...usage(counts && { ...counts, outputTokens: Math.min(1, counts.outputTokens) }),
  };
}

/** Answers name the model as Anthropic does, without Bedrock's prefix and version suffix. */
function messageHead({ modelId, identifier }: AnswerIdentity) {
  const model = modelId.replace(/^anthropic\./, "").replace(/-v\d+(?::.*)?$/, "");
  return { id: `msg_bdrk_${identifier}`, type: "message", role: "assistant", model };
}

function stop({ stopReason, stopSequence }: Completion) {
  return { stop_reason: stopReason, stop_sequence: stopSequence };
}

function usage(counts: TokenCounts | undefined) {
  if (!counts) return {};
  return {
    usage: {
      input_tokens: counts.inputTokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: counts.outputTokens,
    },
  };
}
