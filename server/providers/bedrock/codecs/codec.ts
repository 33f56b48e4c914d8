import type { CompleteRequest, Usage } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../../core/call.ts";
import type { CompletionEvent } from "../../../core/reply.ts";

/** Token counts that came beside the body: response headers, or the metrics in a stream's last chunk. */
export interface TokenCounts {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadInputTokens?: number | undefined;
  readonly cacheWriteInputTokens?: number | undefined;
}

/** Reads one stream. Push every chunk; the last event of a whole stream is `completed`. */
export interface StreamDecoder {
  /** The events that one chunk's JSON brings; often none. Throws a `GatewayError` for an error in band. */
  push(chunk: unknown): CompletionEvent[];
  /** What is known to have been used so far, for a stream that breaks. */
  usageSoFar(): Usage;
}

/** One model family's bodies. Pure: no I/O, no clock, no state but the stream decoder's. */
export interface Codec {
  readonly family: string;
  /** The JSON body for an endpoint. Throws INVALID_ARGUMENT or UNIMPLEMENTED for what the family cannot be asked. */
  encode(request: CompleteRequest, endpoint: Endpoint): string;
  /** The events of a whole answer's JSON; `completed` is last. */
  decode(
    body: unknown,
    request: CompleteRequest,
    counts: TokenCounts | undefined,
  ): CompletionEvent[];
  /** Begins to read a stream that answers this request. */
  decodeStream(request: CompleteRequest): StreamDecoder;
}
