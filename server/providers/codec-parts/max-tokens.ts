import type { CompleteRequest } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../core/call.ts";
import type { Accepts } from "../accepts.ts";

/** How long an answer may be when the caller does not say and nothing lower is known. */
const usualMaxTokens = 4096;

/** How many tokens to ask for: what the caller says, else the usual number, or the lower limit of model or family. */
export function maxTokensOf(
  { maxTokens }: CompleteRequest,
  { maxOutputTokens = usualMaxTokens }: Endpoint,
  { maxTokens: familyLimit = usualMaxTokens }: Pick<Accepts, "maxTokens">,
): number {
  return maxTokens ?? Math.min(usualMaxTokens, maxOutputTokens, familyLimit);
}
