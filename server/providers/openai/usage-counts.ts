import { countAt, type JsonObject, objectAt } from "../codec-parts/json.ts";
import type { TokenCounts } from "../codec-parts/stream-decoder.ts";

/**
 * The counts of an answer or of a stream's last chunk; undefined where there are none. OpenAI's `prompt_tokens` include
 * what was read from the cache and written to it, the contract's input does not.
 */
export function countsOf({ usage }: JsonObject): TokenCounts | undefined {
  const counts = objectAt(usage);
  const promptTokens = countAt(counts.prompt_tokens);
  const outputTokens = countAt(counts.completion_tokens);
  if (promptTokens === undefined || outputTokens === undefined) return undefined;
  const prompt = objectAt(counts.prompt_tokens_details);
  const completion = objectAt(counts.completion_tokens_details);
  const cacheReadInputTokens = Math.min(countAt(prompt.cached_tokens) ?? 0, promptTokens);
  const newTokens = promptTokens - cacheReadInputTokens;
  const cacheWriteInputTokens = Math.min(countAt(prompt.cache_write_tokens) ?? 0, newTokens);
  return {
    inputTokens: newTokens - cacheWriteInputTokens,
    outputTokens,
    cacheReadInputTokens,
    cacheWriteInputTokens,
    reasoningTokens: countAt(completion.reasoning_tokens) ?? 0,
  };
}
