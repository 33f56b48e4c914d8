import { create } from "@bufbuild/protobuf";
import {
  type Usage,
  UsageSchema,
  UsageSource,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { TokenCounts } from "./codecs/codec.ts";
import { countAt, type JsonObject, objectAt } from "./json.ts";

/** Counts that somebody at the provider reported. A part is never more than the whole that it is a part of. */
export function reportedUsage(counts: TokenCounts): Usage {
  const { inputTokens, outputTokens, cacheReadInputTokens = 0 } = counts;
  const { cacheWriteInputTokens = 0, cacheWrite1hInputTokens = 0, reasoningTokens = 0 } = counts;
  return create(UsageSchema, {
    inputTokens,
    outputTokens,
    cacheReadInputTokens,
    cacheWriteInputTokens,
    cacheWrite1hInputTokens: Math.min(cacheWrite1hInputTokens, cacheWriteInputTokens),
    reasoningTokens: Math.min(reasoningTokens, outputTokens),
    source: UsageSource.REPORTED,
  });
}

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
