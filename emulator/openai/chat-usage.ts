import type { TokenCounts } from "../completion.ts";
import type { JsonObject } from "../json.ts";
import type { OpenAiModel } from "./openai-models.ts";

/** Counts as OpenAI tells them: the prompt's include what came from the cache and what went into it. */
export function chatUsage(counts: TokenCounts, { hasBreakpoints }: OpenAiModel): JsonObject {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = counts;
  const promptTokens = inputTokens + cacheReadTokens + cacheWriteTokens;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: outputTokens,
    total_tokens: promptTokens + outputTokens,
    prompt_tokens_details: {
      cached_tokens: cacheReadTokens,
      audio_tokens: 0,
      ...(hasBreakpoints && { cache_write_tokens: cacheWriteTokens }),
    },
    completion_tokens_details: {
      reasoning_tokens: reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
