import type { CompleteRequest, Usage } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Continued, Endpoint } from "../../core/call.ts";
import type { CompletionEvent } from "../../core/reply.ts";

/** Token counts that came beside the body: response headers, or the metrics in a stream's last chunk. */
export interface TokenCounts {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadInputTokens?: number | undefined;
  readonly cacheWriteInputTokens?: number | undefined;
  readonly cacheWrite1hInputTokens?: number | undefined;
  /** The part of the output that was reasoning. */
  readonly reasoningTokens?: number | undefined;
}

/** What was asked of whom. */
export interface Asked {
  readonly request: CompleteRequest;
  readonly endpoint: Endpoint;
  /** Only the rest of an answer is asked for. */
  readonly continued?: Continued | undefined;
}

/** Reads one stream. Push every chunk; the last event of a whole stream is `completed`. */
export interface StreamDecoder {
  /** The events that one chunk's JSON brings; often none. Throws a `GatewayError` for an error in band. */
  push(chunk: unknown): CompletionEvent[];
  /**
   * The stream ended without an error and without `completed`: what had waited for a further chunk, such as the counts
   * after the stop reason. Empty when the answer is not whole. Absent: nothing ever waits.
   */
  end?(): CompletionEvent[];
  /** What is known to have been used so far, for a stream that breaks. */
  usageSoFar(): Usage;
  /** True once `completed` came from a stop sequence that the gateway found itself: the model still writes; stop it. */
  readonly isCutShort?: boolean;
}
