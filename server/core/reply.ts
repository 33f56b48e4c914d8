import type { CompleteStreamResponse, Hop } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "./call.ts";

type StreamEvent = Exclude<CompleteStreamResponse["event"], { case: undefined }>;

/**
 * What happens in an answer, in the contract's own types. `started` is missing: the door makes it from the reply.
 * A good sequence ends with exactly one `completed`; anything else ends by throwing a `GatewayError`.
 */
export type CompletionEvent = Exclude<StreamEvent, { case: "started" }>;

/** The answer. Its promise settles once the first event is in hand; until then another try is safe. */
export interface Reply {
  readonly endpoint: Endpoint;
  /** The attempts that failed before this one. */
  readonly hops: readonly Hop[];
  /** The provider's own id of the request, for its support; absent when it gave none. */
  readonly providerRequestId?: string | undefined;
  /**
   * The id of the call that this answer was made for, when this one only joined or repeated it: its usage and cost are
   * that call's and must not be counted again.
   */
  readonly replayOf?: string | undefined;
  /** To be read once. Whoever holds a reply returns it, reads it to its end, or closes it. */
  readonly events: AsyncIterable<CompletionEvent>;
}

/** Gives a reply up: the provider stops writing and nothing more is charged. Never throws. */
export async function closeReply(reply: Reply): Promise<void> {
  try {
    await reply.events[Symbol.asyncIterator]().return?.();
  } catch {
    // A reply that fails while it is thrown away has no one left to tell.
  }
}
