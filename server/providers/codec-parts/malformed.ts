import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError, type GatewayErrorOptions } from "../../core/error.ts";

/** An answer that is not what the protocol promises, or that stops before it is whole. */
export function malformed(message: string, options: GatewayErrorOptions = {}): GatewayError {
  return new GatewayError(
    Code.DataLoss,
    ErrorReason.PROVIDER_MALFORMED_RESPONSE,
    `${message} Ask again.`,
    { retry: "other-endpoint", ...options },
  );
}
