import type { Answer, AnswerWriter } from "../api.ts";
import type { TokenCounts } from "../completion.ts";
import type { ReplyHead } from "../exchange.ts";

/**
 * What InvokeModel adds to a model's own words: counts and latency (milliseconds) in the headers of
 * a whole answer, and in the last event of a stream. `echoed` are headers that both have.
 */
export function withInvocationMetrics(
  writer: AnswerWriter,
  echoed: ReplyHead["headers"] = {},
): AnswerWriter {
  return {
    ...writer,
    streamHeaders: echoed,
    whole(answer) {
      const { json, headers } = writer.whole(answer);
      return { json, headers: { ...headers, ...echoed, ...metricHeaders(answer) } };
    },
    *events(answer) {
      const firstByteLatency = answer.elapsedMs();
      for (const event of writer.events(answer)) {
        if (event.phase !== "last") yield event;
        else yield { ...event, json: { ...event.json, ...lastMembers(answer, firstByteLatency) } };
      }
    },
  };
}

function metricHeaders({ completion: { metrics }, elapsedMs }: Answer): ReplyHead["headers"] {
  if (!metrics) return {};
  return {
    "X-Amzn-Bedrock-Invocation-Latency": elapsedMs(),
    "X-Amzn-Bedrock-Input-Token-Count": metrics.inputTokens,
    "X-Amzn-Bedrock-Output-Token-Count": metrics.outputTokens,
    ...(usesCache(metrics) && {
      "X-Amzn-Bedrock-Cache-Read-Input-Token-Count": metrics.cacheReadTokens,
      "X-Amzn-Bedrock-Cache-Write-Input-Token-Count": metrics.cacheWriteTokens,
    }),
  };
}

function lastMembers({ completion: { metrics }, elapsedMs }: Answer, firstByteLatency: number) {
  if (!metrics) return {};
  return {
    "amazon-bedrock-invocationMetrics": {
      inputTokenCount: metrics.inputTokens,
      outputTokenCount: metrics.outputTokens,
      invocationLatency: elapsedMs(),
      firstByteLatency,
      ...(usesCache(metrics) && {
        cacheReadInputTokenCount: metrics.cacheReadTokens,
        cacheWriteInputTokenCount: metrics.cacheWriteTokens,
      }),
    },
  };
}

function usesCache({ cacheReadTokens, cacheWriteTokens }: TokenCounts): boolean {
  return cacheReadTokens + cacheWriteTokens > 0;
}
