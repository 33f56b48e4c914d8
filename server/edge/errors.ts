import { create, type DescMessage, type Message, type MessageShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  HelpSchema,
  QuotaFailureSchema,
  RequestInfoSchema,
  RetryInfoSchema,
} from "../../gen/google/rpc/error_details_pb.ts";
import { GatewayError, reasonName } from "../core/error.ts";
import type { Log } from "../core/log.ts";
import type { HelpLinks } from "./help-links.ts";

/** The domain of every ErrorInfo. */
export const errorDomain = "gateway.axonflow.com";

/** One detail of a status: a `google.rpc` message and its schema. */
export interface ErrorDetail<Desc extends DescMessage = DescMessage> {
  readonly desc: Desc;
  readonly value: MessageShape<Desc> & Message;
}

/** An error on its way out, in the form that all three doors write down in their own words. */
export interface OutgoingError {
  readonly code: Code;
  readonly reason: string;
  readonly message: string;
  /** Where the operator's page about the reason is; undefined without links. */
  readonly helpUrl: string | undefined;
  readonly details: readonly ErrorDetail[];
  readonly error: GatewayError;
}

/** The only way out for errors: anything that was thrown becomes a status with its details, a link to help among them. */
export function describeError(
  thrown: unknown,
  requestId: string,
  helpLinks?: HelpLinks,
): OutgoingError {
  const error = GatewayError.from(thrown);
  const reason = reasonName(error.reason);
  const details: ErrorDetail[] = [];
  const add = <D extends DescMessage>(desc: D, value: MessageShape<D>) => {
    details.push({ desc, value: value as MessageShape<DescMessage> & Message });
  };
  if (error.code !== Code.Canceled) {
    const metadata = { ...error.metadata, ...hopMetadata(error) };
    add(ErrorInfoSchema, create(ErrorInfoSchema, { reason, domain: errorDomain, metadata }));
  }
  if (error.violations.length > 0) {
    const fieldViolations = error.violations.map((violation) => ({ ...violation }));
    add(BadRequestSchema, create(BadRequestSchema, { fieldViolations }));
  }
  if (error.reason === ErrorReason.BUDGET_EXCEEDED) {
    const { account, budget = "" } = error.metadata;
    const violations = [{ subject: account ?? budget, description: error.message }];
    add(QuotaFailureSchema, create(QuotaFailureSchema, { violations }));
  }
  if (error.retryAfterMs !== undefined) {
    const retryDelay = durationFromMs(Math.round(error.retryAfterMs));
    add(RetryInfoSchema, create(RetryInfoSchema, { retryDelay }));
  }
  add(RequestInfoSchema, create(RequestInfoSchema, { requestId }));
  // Nobody is left to read it when the caller went away.
  const help = error.code === Code.Canceled ? undefined : helpLinks?.(error.reason);
  if (help) add(HelpSchema, help);
  const helpUrl = help?.links[0]?.url;
  return { code: error.code, reason, message: error.message, helpUrl, details, error };
}

/** Which endpoint was asked and why it failed, attempt by attempt: `hop.1` = `bedrock/us-east-1/…: PROVIDER_THROTTLED`. */
function hopMetadata({ hops }: GatewayError): Record<string, string> {
  return Object.fromEntries(
    hops.map((hop, index) => [
      `hop.${index + 1}`,
      `${hop.provider}/${hop.region}/${hop.model}: ${hop.errorReason || "SUCCEEDED"}`,
    ]),
  );
}

/** The error for the Connect door, which speaks Connect, gRPC and gRPC-Web. */
export function toConnectError(
  thrown: unknown,
  requestId: string,
  helpLinks?: HelpLinks,
): ConnectError {
  const { code, message, details } = describeError(thrown, requestId, helpLinks);
  return new ConnectError(message, code, undefined, details as never);
}

/** HTTP status of a code, as the Connect protocol maps them (Connect protocol: error codes). */
export const httpStatusOf: Readonly<Record<Code, number>> = {
  [Code.Canceled]: 499,
  [Code.Unknown]: 500,
  [Code.InvalidArgument]: 400,
  [Code.DeadlineExceeded]: 504,
  [Code.NotFound]: 404,
  [Code.AlreadyExists]: 409,
  [Code.PermissionDenied]: 403,
  [Code.ResourceExhausted]: 429,
  [Code.FailedPrecondition]: 400,
  [Code.Aborted]: 409,
  [Code.OutOfRange]: 400,
  [Code.Unimplemented]: 501,
  [Code.Internal]: 500,
  [Code.Unavailable]: 503,
  [Code.DataLoss]: 500,
  [Code.Unauthenticated]: 401,
};

/** Errors that a library of a door raised itself carry only a code; this gives them a reason. */
export function fromLibrary(code: Code, message: string, limitBytes: number): GatewayError {
  switch (code) {
    case Code.ResourceExhausted:
      return tooLarge(limitBytes);
    case Code.DeadlineExceeded:
      return GatewayError.deadlineExceeded();
    case Code.Canceled:
      return GatewayError.cancelled();
    case Code.Unimplemented:
      return new GatewayError(code, ErrorReason.NOT_SUPPORTED, message);
    case Code.InvalidArgument:
      return malformedRequest("The message cannot be read: it is not what the contract says.");
    default:
      return GatewayError.from(new Error(`${Code[code]}: ${message}`));
  }
}

/** A message above the limit. */
export function tooLarge(limitBytes: number): GatewayError {
  return new GatewayError(
    Code.ResourceExhausted,
    ErrorReason.MESSAGE_TOO_LARGE,
    `The message is larger than ${limitBytes} bytes, the most that this gateway takes. Send a shorter one.`,
    { metadata: { limit_bytes: String(limitBytes) } },
  );
}

/** A message that cannot be read at all. */
export function malformedRequest(message: string): GatewayError {
  return new GatewayError(Code.InvalidArgument, ErrorReason.MALFORMED_REQUEST, message);
}

/** Writes down what the caller is not told: faults of ours in full, failures of the provider by name. */
export function logError(log: Log, rpc: string, thrown: unknown, requestId: string): void {
  const error = GatewayError.from(thrown);
  const fields = { rpc, requestId, code: Code[error.code], reason: reasonName(error.reason) };
  if (error.code === Code.Internal) {
    log.error({ ...fields, err: error.cause }, "a fault of the gateway");
  } else if (error.cause instanceof Error) {
    log.warn({ ...fields, cause: error.cause.message }, "the provider failed");
  } else {
    log.debug(fields, "a call was refused");
  }
}
