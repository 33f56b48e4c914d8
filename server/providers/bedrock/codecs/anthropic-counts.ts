import { countAt, type JsonObject, objectAt } from "../../codec-parts/json.ts";
import type { TokenCounts } from "../../codec-parts/stream-decoder.ts";

/**
 * Claude's own counts; undefined when a count is missing. `input_tokens` leaves cached tokens out, `output_tokens`
 * counts thinking in and is a running total in a stream (Anthropic: Messages API, usage).
 */
export function anthropicCounts(usage: JsonObject): TokenCounts | undefined {
  const inputTokens = countAt(usage.input_tokens);
  const outputTokens = countAt(usage.output_tokens);
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  return {
    inputTokens,
    outputTokens,
    cacheReadInputTokens: countAt(usage.cache_read_input_tokens),
    cacheWriteInputTokens: countAt(usage.cache_creation_input_tokens),
    cacheWrite1hInputTokens: countAt(objectAt(usage.cache_creation).ephemeral_1h_input_tokens),
    reasoningTokens: countAt(objectAt(usage.output_tokens_details).thinking_tokens),
  };
}
