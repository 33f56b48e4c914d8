import type { CompleteRequest } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Continued, Endpoint } from "../../../core/call.ts";
import type { Continuation } from "../../../core/model-traits.ts";
import type { CompletionEvent } from "../../../core/reply.ts";
import type { Accepts, BlockKind } from "../../accepts.ts";
import type { Asked, StreamDecoder, TokenCounts } from "../../codec-parts/stream-decoder.ts";
import type { BedrockApi } from "../transport/transport.ts";

/** One model family's bodies. Pure: no I/O, no clock, no state but the stream decoder's. */
export interface Codec {
  readonly family: string;
  /** Which of Bedrock's APIs the bodies are for. */
  readonly api: BedrockApi;
  /** What the family can be asked; `checkRequest` refuses the rest before `encode` runs. */
  readonly accepts: Accepts;
  /** Kinds of blocks that the family's models take through Converse alone: a request with one goes there. */
  readonly throughConverse?: ReadonlySet<BlockKind>;
  /** How the family's models are made to go on with a text of their own; absent: not at all. Not all of them can be. */
  readonly continuation?: Continuation;
  /** The JSON body for an endpoint. With `continued` it asks for the rest of an answer. */
  encode(request: CompleteRequest, endpoint: Endpoint, continued?: Continued): string;
  /** The events of a whole answer's JSON; `completed` is last. `counts` are those of the response headers. */
  decode(body: unknown, asked: Asked, counts: TokenCounts | undefined): CompletionEvent[];
  /** Begins to read a stream that answers this. */
  decodeStream(asked: Asked): StreamDecoder;
}
