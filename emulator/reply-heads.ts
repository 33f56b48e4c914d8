import type { TokenCounts } from "./completion.ts";
import type { ReplyHead } from "./exchange.ts";

/** Headers of a whole answer; counts and latency (milliseconds) are in headers only here. */
export function wholeHead(
  bodyBytes: number,
  metrics: TokenCounts | undefined,
  latencyMs: number,
): ReplyHead {
  const headers: Record<string, string | number> = {
    "Content-Type": "application/json",
    "Content-Length": bodyBytes,
  };
  if (metrics) {
    headers["X-Amzn-Bedrock-Invocation-Latency"] = latencyMs;
    headers["X-Amzn-Bedrock-Input-Token-Count"] = metrics.inputTokens;
    headers["X-Amzn-Bedrock-Output-Token-Count"] = metrics.outputTokens;
  }
  return { status: 200, headers };
}

/** Headers of a stream: no counts, they come in the last chunk. */
export const streamHead: ReplyHead = {
  status: 200,
  headers: {
    "Content-Type": "application/vnd.amazon.eventstream",
    "X-Amzn-Bedrock-Content-Type": "application/json",
  },
};
