import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../core/error.ts";

/** The database did not answer in time, and without it nothing may be promised. */
export function ledgerUnavailable(cause?: unknown): GatewayError {
  return new GatewayError(
    Code.Unavailable,
    ErrorReason.LEDGER_UNAVAILABLE,
    "The gateway's database of budgets and keys does not answer. Ask again in a moment.",
    { cause, retryAfterMs: 1000 },
  );
}
