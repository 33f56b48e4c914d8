import type { Redaction } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Call } from "./call.ts";
import type { GatewayError } from "./error.ts";

/** Gives the values of one call their tokens. It holds raw values: it is never logged, and goes no further down. */
export interface TokenMint {
  /** One value, one token; distinct values, distinct tokens. Whoever reads the answer gets the value in its place. */
  tokenFor(entity: string, value: string): string;
}

/** What the policies for personal data found on the way in. */
export interface Screening {
  readonly redactions: readonly Redaction[];
  readonly mint: TokenMint;
}

/** A call whose texts are as the model may see them. */
export interface ScreenedCall extends Call {
  /** Undefined where no policy looks for personal data. */
  readonly screening: Screening | undefined;
  /** Why the call is not made: a policy blocks what it says. Its request has no texts then, and it goes no further than to be written down. */
  readonly refusal?: GatewayError | undefined;
}
