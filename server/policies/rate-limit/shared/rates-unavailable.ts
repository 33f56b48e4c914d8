import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../../core/error.ts";
import type { Block } from "../claim.ts";

/** Nobody can be asked what other gateways let in, and this one's share is used up; the whole limit may not be. */
export function ratesUnavailable({ claim, limit }: Block<unknown>): GatewayError {
  return new GatewayError(
    Code.Unavailable,
    ErrorReason.LEDGER_UNAVAILABLE,
    `The gateway's database of rates does not answer. Until it does, each gateway lets in its share of what the policy ${claim.policy.name} allows, and this one's is used up. Ask again in a moment.`,
    { retryAfterMs: 1000, metadata: { policy: claim.policy.name, limit } },
  );
}

/** More calls wait for the store than it can be asked about. */
export function tooManyWait(): GatewayError {
  return new GatewayError(
    Code.Unavailable,
    ErrorReason.LEDGER_UNAVAILABLE,
    "Too many calls wait for the gateway's database of rates. Ask again in a moment.",
    { retryAfterMs: 1000 },
  );
}
