import type { CompleteRequest } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Continued, Endpoint } from "../../core/call.ts";
import type { Accepts } from "../accepts.ts";

/** How long an answer may be when the caller does not say and nothing lower is known. */
const usualMaxTokens = 4096;

/**
 * How many tokens to ask for: what the caller says, else the usual number, or the lower limit of model or family. Of the
 * rest of an answer, what is left of that; one at least.
 */
export function maxTokensOf(
  { maxTokens }: CompleteRequest,
  { maxOutputTokens = usualMaxTokens }: Endpoint,
  { maxTokens: familyLimit = usualMaxTokens }: Pick<Accepts, "maxTokens">,
  continued?: Continued,
): number {
  const whole = maxTokens ?? Math.min(usualMaxTokens, maxOutputTokens, familyLimit);
  return continued ? Math.max(1, whole - continued.outputTokens) : whole;
}
