import type { CompleteRequest, Usage } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../../core/call.ts";
import type { CompletionEvent } from "../../../core/reply.ts";
import type { Accepts, BlockKind } from "../../accepts.ts";
import type { BedrockApi } from "../transport/transport.ts";

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

/** One model family's bodies. Pure: no I/O, no clock, no state but the stream decoder's. */
export interface Codec {
  readonly family: string;
  /** Which of Bedrock's APIs the bodies are for. */
  readonly api: BedrockApi;
  /** What the family can be asked; `checkRequest` refuses the rest before `encode` runs. */
  readonly accepts: Accepts;
  /** Kinds of blocks that the family's models take through Converse alone: a request with one goes there. */
  readonly throughConverse?: ReadonlySet<BlockKind>;
  /** The JSON body for an endpoint. */
  encode(request: CompleteRequest, endpoint: Endpoint): string;
  /** The events of a whole answer's JSON; `completed` is last. `counts` are those of the response headers. */
  decode(body: unknown, asked: Asked, counts: TokenCounts | undefined): CompletionEvent[];
  /** Begins to read a stream that answers this. */
  decodeStream(asked: Asked): StreamDecoder;
}
