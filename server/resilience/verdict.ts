import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { GatewayError } from "../core/error.ts";

/** What an error says about the endpoint: it is broken, it works (and refused this call), or nothing. */
export type Verdict = "broken" | "alive" | "unknown";

/** Errors that say nothing about the endpoint: somebody left, or the gateway itself ended it, is at fault or at its end. */
const silent: ReadonlySet<ErrorReason> = new Set([
  ErrorReason.BLOCKED_BY_POLICY,
  ErrorReason.CANCELLED,
  ErrorReason.DEADLINE_EXCEEDED,
  ErrorReason.DRAINING,
  ErrorReason.INTERNAL,
]);

/**
 * Only an endpoint that cannot be reached, fails whatever it is asked, is silent or talks nonsense is broken. A failure
 * that only another endpoint can mend is this request's (`ModelErrorException`) or the gateway's own queue; refusals,
 * throttling among them, are answers.
 */
export function verdictOn(error: GatewayError, { isFair }: { isFair: boolean }): Verdict {
  switch (error.reason) {
    case ErrorReason.PROVIDER_MALFORMED_RESPONSE:
      return "broken";
    case ErrorReason.PROVIDER_TIMEOUT:
      return isFair ? "broken" : "unknown";
    case ErrorReason.PROVIDER_UNAVAILABLE:
      return error.retry === "same-endpoint" ? "broken" : "unknown";
    default:
      return silent.has(error.reason) ? "unknown" : "alive";
  }
}
