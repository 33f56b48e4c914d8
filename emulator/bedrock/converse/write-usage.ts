import type { TokenCounts } from "../../completion.ts";
import type { JsonObject } from "../../json.ts";

/**
 * Usage as Converse tells it: the total includes the cache; models that can cache tell its counts
 * always, and twice, under two names.
 */
export function converseUsage(counts: TokenCounts, modelId: string): JsonObject {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = counts;
  const canCache = /^(?:anthropic|amazon\.nova)/.test(modelId);
  return {
    ...(canCache && cacheMembers(counts)),
    inputTokens,
    outputTokens,
    serverToolUsage: {},
    totalTokens: inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens,
  };
}

function cacheMembers(counts: TokenCounts): JsonObject {
  const { cacheReadTokens: read, cacheWriteTokens: write, cacheWriteHourTokens: hour } = counts;
  const details = [
    { inputTokens: write - hour, ttl: "5m" },
    { inputTokens: hour, ttl: "1h" },
  ].filter(({ inputTokens }) => inputTokens > 0);
  return {
    ...(details.length > 0 && { cacheDetails: details }),
    cacheReadInputTokenCount: read,
    cacheReadInputTokens: read,
    cacheWriteInputTokenCount: write,
    cacheWriteInputTokens: write,
  };
}
