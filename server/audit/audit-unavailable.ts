import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../core/error.ts";

/** The log cannot be written just now, and nothing is done that is not on record. */
export function auditUnavailable(cause?: unknown): GatewayError {
  return new GatewayError(
    Code.Unavailable,
    ErrorReason.AUDIT_UNAVAILABLE,
    "The gateway's audit log cannot be written, and no call is made that is not on record. Ask again in a moment.",
    { cause, retryAfterMs: 1000 },
  );
}
