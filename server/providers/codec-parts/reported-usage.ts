import { create } from "@bufbuild/protobuf";
import {
  type Usage,
  UsageSchema,
  UsageSource,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { TokenCounts } from "./stream-decoder.ts";

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
