import type { Answer, AnswerWriter, ModelEvent } from "../api.ts";
import type { Completion, TokenCounts } from "../completion.ts";
import { anthropicBlock, anthropicBlockEvents } from "./anthropic-events.ts";
import { readAnthropicPrompt } from "./anthropic-request.ts";
import type { Family } from "./family.ts";

/** Claude's Messages format as Bedrock serves it (Anthropic Messages API, bedrock-2023-05-31). */
export const anthropic: Family = {
  read: (body, model) => ({ prompt: readAnthropicPrompt(body, model), writer }),
};

const writer: AnswerWriter = {
  whole(answer) {
    const { blocks, usage: counts } = answer.completion;
    const content = blocks.map((block, index) => anthropicBlock(answer, block, index));
    const json = { ...messageHead(answer), content, ...stop(answer.completion), ...usage(counts) };
    return { json };
  },
  *events(answer) {
    const { completion } = answer;
    yield opening({ type: "message_start", message: startedMessage(answer) });
    for (const [index, block] of completion.blocks.entries()) {
      yield* anthropicBlockEvents(answer, block, index);
    }
    yield closing({
      type: "message_delta",
      delta: stop(completion),
      ...(completion.usage && { usage: { output_tokens: completion.usage.outputTokens } }),
    });
    yield { phase: "last", json: { type: "message_stop" } };
  },
};

const opening = (json: ModelEvent["json"]): ModelEvent => ({ phase: "opening", json });
const closing = (json: ModelEvent["json"]): ModelEvent => ({ phase: "closing", json });

function startedMessage(answer: Answer) {
  const { usage: counts } = answer.completion;
  return {
    ...messageHead(answer),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    ...usage(counts && { ...counts, outputTokens: Math.min(1, counts.outputTokens) }),
  };
}

/** Answers name the model as Anthropic does, without Bedrock's prefix and version suffix. */
function messageHead({ modelId, identifier }: Answer) {
  const model = modelId.replace(/^anthropic\./, "").replace(/-v\d+(?::.*)?$/, "");
  return { id: `msg_bdrk_${identifier}`, type: "message", role: "assistant", model };
}

/** A guardrail's answer ends as any other; that it was a guardrail's is said beside it. */
function stop({ stopReason, stopSequence }: Completion) {
  const reason = stopReason === "guardrail_intervened" ? "end_turn" : stopReason;
  return { stop_reason: reason, stop_sequence: stopSequence };
}

function usage(counts: TokenCounts | undefined) {
  if (!counts) return {};
  const { cacheWriteTokens, cacheWriteHourTokens } = counts;
  return {
    usage: {
      input_tokens: counts.inputTokens,
      cache_creation_input_tokens: cacheWriteTokens,
      cache_read_input_tokens: counts.cacheReadTokens,
      cache_creation: {
        ephemeral_5m_input_tokens: cacheWriteTokens - cacheWriteHourTokens,
        ephemeral_1h_input_tokens: cacheWriteHourTokens,
      },
      output_tokens: counts.outputTokens,
    },
  };
}
