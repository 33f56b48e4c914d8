import type { CompleteRequest, Usage } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { estimateUsage } from "../../core/estimate-usage.ts";

/** What a call is taken to write where it does not say: the contract's default of `max_tokens`. */
const usualMaxTokens = 4096;

/** How many tokens a call sets aside: what its prompt is estimated at, and all that it may write. */
export function tokensNeeded(request: CompleteRequest): number {
  return estimateUsage(request, 0).inputTokens + (request.maxTokens ?? usualMaxTokens);
}

/** What counts against a rate: tokens read from a provider's cache do not (AWS: Bedrock, Quotas for token use). */
export function tokensUsed({ inputTokens, outputTokens, cacheWriteInputTokens }: Usage): number {
  return inputTokens + outputTokens + cacheWriteInputTokens;
}
