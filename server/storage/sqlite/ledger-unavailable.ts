import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../core/error.ts";

/** The file cannot be written just now, and without it nothing may be promised. */
export function ledgerUnavailable(cause?: unknown): GatewayError {
  return new GatewayError(
    Code.Unavailable,
    ErrorReason.LEDGER_UNAVAILABLE,
    "The gateway's store of budgets and keys cannot be written. Ask again in a moment.",
    { cause, retryAfterMs: 1000 },
  );
}
