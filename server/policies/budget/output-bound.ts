import {
  type CompleteRequest,
  ReasoningEffort,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Continued, Endpoint } from "../../core/call.ts";

/** What a model writes at most when the caller does not say, as the contract has it. */
const usualMaxTokens = 4096;

/** No model that is sold writes more at once. */
const largestOutputTokens = 1_000_000;

/** Claude takes no smaller budget for its reasoning, which counts towards `max_tokens` (Anthropic: Extended thinking). */
const leastReasoningTokens = 1024;

/** The most tokens that an endpoint writes for a request, or for the rest of an answer to it; reasoning included. */
export function outputBound(
  request: CompleteRequest,
  endpoint: Endpoint,
  continued?: Continued,
): number {
  if (!isLimitable(request, endpoint)) return endpoint.maxOutputTokens ?? largestOutputTokens;
  const { maxOutputTokens = usualMaxTokens } = endpoint;
  const whole = request.maxTokens ?? Math.min(usualMaxTokens, maxOutputTokens);
  return continued ? Math.max(1, whole - continued.outputTokens) : whole;
}

/** The fewest tokens that the caller takes, and that the models can be asked for. */
export function leastOutput(request: CompleteRequest, endpoints: readonly Endpoint[]): number {
  const { leastMaxTokens = 1, reasoning } = request;
  const budget = reasoning?.budgetTokens ?? 0;
  const isTold = (reasoning?.effort ?? 0) > ReasoningEffort.NONE;
  const takesBudget = endpoints.some(({ traits }) => traits.reasoning === "budget");
  const reasoned = Math.max(budget, isTold && takesBudget ? leastReasoningTokens : 0);
  return Math.max(leastMaxTokens, reasoned + (reasoned > 0 ? 1 : 0));
}

/** Nova takes no limit at high effort (AWS: Extended thinking in Amazon Nova 2). */
export function isLimitable(request: CompleteRequest, { model, family }: Endpoint): boolean {
  const isNova = family === "nova" || model.includes("amazon.nova");
  return !(isNova && request.reasoning?.effort === ReasoningEffort.HIGH);
}
