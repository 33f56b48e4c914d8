import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../core/error.ts";
import type { LimitName } from "./bucket.ts";
import type { Block, Need } from "./claim.ts";

/** The refusal of a call that comes too fast, and when it may come again. */
export function rateLimited(block: Block<unknown>, need: Need, nowMs: number): GatewayError {
  const { claim, limit, atMs } = block;
  const isNever = atMs === Number.POSITIVE_INFINITY;
  const retryAfterMs = isNever ? undefined : Math.max(wholeMs(atMs - nowMs), 1);
  const message = isNever ? tooMuch(block, need) : notNow(block, retryAfterMs ?? 0);
  return new GatewayError(Code.ResourceExhausted, ErrorReason.RATE_LIMITED, message, {
    retryAfterMs,
    metadata: { policy: claim.policy.name, limit },
  });
}

/** Rounded up, but not for what floating point adds to a sum of times. */
function wholeMs(ms: number): number {
  return Math.ceil(ms - 1e-3);
}

const units: Readonly<Record<LimitName, string>> = {
  requests_per_minute: "requests a minute",
  tokens_per_minute: "tokens a minute",
  concurrent_streams: "streams at a time",
};

function limitOf({ claim, limit }: Block<unknown>): number {
  const { requestsPerMinute, tokensPerMinute, concurrentStreams } = claim.policy.limits;
  const limits = {
    requests_per_minute: requestsPerMinute,
    tokens_per_minute: tokensPerMinute,
    concurrent_streams: concurrentStreams,
  };
  return limits[limit] ?? 0;
}

function allowance(block: Block<unknown>): string {
  return `The policy ${block.claim.policy.name} allows ${limitOf(block)} ${units[block.limit]}`;
}

function notNow(block: Block<unknown>, retryAfterMs: number): string {
  const seconds = Math.ceil(retryAfterMs / 1000);
  return `${allowance(block)}, and there is no room for this one. Ask again in ${seconds} s.`;
}

/** Waiting does not help. */
function tooMuch(block: Block<unknown>, { tokens }: Need): string {
  if (block.limit !== "tokens_per_minute") return `${allowance(block)}.`;
  return `${allowance(block)}, and this call may use ${tokens}, prompt and answer together. Lower max_tokens, or shorten the prompt.`;
}
