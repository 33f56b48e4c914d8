import { countAt, type JsonObject, objectsAt } from "../../codec-parts/json.ts";
import type { TokenCounts } from "../../codec-parts/stream-decoder.ts";

/**
 * The counts of Converse and of Nova; undefined when a count is missing. `inputTokens` leaves cached tokens out, while
 * `totalTokens` counts them in, so it is not read. The cache's counts have two spellings (AWS: TokenUsage; the longer
 * one is on the wire too).
 */
export function converseCounts(usage: JsonObject): TokenCounts | undefined {
  const inputTokens = countAt(usage.inputTokens);
  const outputTokens = countAt(usage.outputTokens);
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  return {
    inputTokens,
    outputTokens,
    cacheReadInputTokens:
      countAt(usage.cacheReadInputTokens) ?? countAt(usage.cacheReadInputTokenCount),
    cacheWriteInputTokens:
      countAt(usage.cacheWriteInputTokens) ?? countAt(usage.cacheWriteInputTokenCount),
    cacheWrite1hInputTokens: hourLong(usage),
  };
}

function hourLong({ cacheDetails }: JsonObject): number | undefined {
  const detail = objectsAt(cacheDetails).find(({ ttl }) => ttl === "1h");
  return detail && countAt(detail.inputTokens);
}
