import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import { type GatewayError, reasonName } from "../core/error.ts";

/**
 * What is written into `error.type`: the provider's own name for the error where that is one of these, so that the values
 * stay few, otherwise the reason of the contract (`docs/telemetry.md` lists both).
 */
export function errorType({ cause, reason }: GatewayError): string {
  const name = cause instanceof Error ? cause.name : "";
  return providerErrors.has(name) ? name : reasonName(reason);
}

/** Whoever asked does not wait any more: that is nobody's error. */
export function isAbandoned({ reason }: GatewayError): boolean {
  return reason === ErrorReason.CANCELLED;
}

/** AWS: Bedrock Runtime, InvokeModel, Errors; and what AWS answers to credentials (AWS: Common errors). */
const providerErrors: ReadonlySet<string> = new Set([
  "AccessDeniedException",
  "ExpiredTokenException",
  "InternalServerException",
  "InvalidSignatureException",
  "ModelErrorException",
  "ModelNotReadyException",
  "ModelStreamErrorException",
  "ModelTimeoutException",
  "ResourceNotFoundException",
  "ServiceQuotaExceededException",
  "ServiceUnavailableException",
  "ThrottlingException",
  "UnrecognizedClientException",
  "ValidationException",
]);
