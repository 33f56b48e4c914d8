import type { Attempt } from "./call.ts";
import type { Handler } from "./layer.ts";

/** Somebody who runs models. Encode, send, decode; the reply resolves at the first event. */
export interface Provider {
  /** The name that requests and routes use, for example `bedrock`. */
  readonly name: string;
  /**
   * Makes one attempt. Every failure is a `GatewayError`; a sequence never ends without `completed`. The events of a
   * unary answer are all there when the reply comes.
   */
  readonly complete: Handler<Attempt>;
  /** Gives connections back. */
  close(): void;
}
