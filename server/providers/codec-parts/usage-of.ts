import type { CompleteRequest, Usage } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { estimateUsage } from "../../core/estimate-usage.ts";
import { reportedUsage } from "./reported-usage.ts";
import type { TokenCounts } from "./stream-decoder.ts";

/** What was reported, or else an estimate from what was asked and written. */
export function usageOf(
  request: CompleteRequest,
  counts: TokenCounts | undefined,
  answerBytes: number,
  continuedText?: string,
): Usage {
  return counts ? reportedUsage(counts) : estimateUsage(request, answerBytes, continuedText);
}
