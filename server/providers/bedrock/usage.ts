import { countAt, type JsonObject, objectAt } from "../codec-parts/json.ts";
import type { TokenCounts } from "../codec-parts/stream-decoder.ts";

const countHeader = "x-amzn-bedrock-";

/** The counts in the response headers of InvokeModel (lower-case names). Streams carry none. */
export function countsFromHeaders(
  headers: Readonly<Record<string, string | undefined>>,
): TokenCounts | undefined {
  const count = (name: string) =>
    countAt(Number(headers[`${countHeader}${name}-token-count`] ?? Number.NaN));
  return counts(
    count("input"),
    count("output"),
    count("cache-read-input"),
    count("cache-write-input"),
  );
}

/** The counts that the service merges into the last chunk of a stream. */
export function countsFromMetrics(chunk: JsonObject): TokenCounts | undefined {
  const metrics = objectAt(chunk["amazon-bedrock-invocationMetrics"]);
  return counts(
    countAt(metrics.inputTokenCount),
    countAt(metrics.outputTokenCount),
    countAt(metrics.cacheReadInputTokenCount),
    countAt(metrics.cacheWriteInputTokenCount),
  );
}

function counts(
  inputTokens: number | undefined,
  outputTokens: number | undefined,
  cacheReadInputTokens: number | undefined,
  cacheWriteInputTokens: number | undefined,
): TokenCounts | undefined {
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  return { inputTokens, outputTokens, cacheReadInputTokens, cacheWriteInputTokens };
}
