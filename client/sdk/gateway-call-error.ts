import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import type { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  HelpSchema,
  RequestInfoSchema,
  RetryInfoSchema,
} from "../../gen/google/rpc/error_details_pb.ts";

/**
 * Why a call failed, finer than its code: a name of the contract's `ErrorReason`, a newer one that this client does not
 * know yet, or the client's own `STREAM_TRUNCATED`.
 */
export type CallErrorReason = keyof typeof ErrorReason | "STREAM_TRUNCATED" | (string & {});

/** What is wrong with one field of the request. */
export interface FieldViolation {
  /** The path of the field in snake_case, for example `messages[2].content[0].text`. */
  readonly field: string;
  readonly description: string;
}

/** Everything that may be known about a failed call besides its code and message. */
export interface CallErrorDetails {
  readonly reason?: CallErrorReason | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly violations?: readonly FieldViolation[] | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly helpUrl?: string | undefined;
  readonly cause?: unknown;
}

/** The one error that calls end with, whatever the transport. It never contains the licence key. */
export class GatewayCallError extends Error {
  /** The status code. */
  readonly code: Code;
  /** Undefined when the error did not come from a gateway: a refused connection, a proxy's answer. */
  readonly reason: CallErrorReason | undefined;
  /** The gateway's id of the call; undefined when the call never reached one. */
  readonly requestId: string | undefined;
  /** How long to wait before asking again, in milliseconds; undefined when waiting does not help. */
  readonly retryAfterMs: number | undefined;
  /** The fields to mend, where the code is InvalidArgument. */
  readonly violations: readonly FieldViolation[];
  /** Further facts for machines, for example `near_names` or `tokens_sent`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** A page for people about the reason: what it means and what to do. Undefined when the gateway names none. */
  readonly helpUrl: string | undefined;

  constructor(code: Code, message: string, details: CallErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = "GatewayCallError";
    this.code = code;
    this.reason = details.reason ?? reasonsByCode.get(code);
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
    this.violations = details.violations ?? [];
    this.metadata = details.metadata ?? {};
    this.helpUrl = details.helpUrl;
  }

  /** Anything that a call threw, as a `GatewayCallError`; what it was is its `cause`. `requestId` is used if it has none. */
  static from(thrown: unknown, requestId?: string): GatewayCallError {
    if (thrown instanceof GatewayCallError) return thrown;
    const error = ConnectError.from(thrown);
    const [info] = error.findDetails(ErrorInfoSchema);
    const [request] = error.findDetails(RequestInfoSchema);
    const [retry] = error.findDetails(RetryInfoSchema);
    const [help] = error.findDetails(HelpSchema);
    const [badRequest] = error.findDetails(BadRequestSchema);
    const isOwnDeadline = error.code === Code.DeadlineExceeded && !info;
    const message = isOwnDeadline ? deadlinePassed : error.rawMessage || Code[error.code];
    return new GatewayCallError(error.code, message, {
      reason: info?.reason,
      requestId: request?.requestId ?? requestId,
      retryAfterMs: retry?.retryDelay && durationMs(retry.retryDelay),
      violations: badRequest?.fieldViolations.map(({ field, description }) => ({
        field,
        description,
      })),
      metadata: info?.metadata,
      helpUrl: help?.links[0]?.url,
      cause: thrown,
    });
  }
}

const deadlinePassed = "The deadline passed before the answer was whole.";

/** The client notices these two before the gateway can tell, so they come without details. */
const reasonsByCode = new Map<Code, CallErrorReason>([
  [Code.Canceled, "CANCELLED"],
  [Code.DeadlineExceeded, "DEADLINE_EXCEEDED"],
]);

/** Whether this is a failed call, and, when reasons are given, whether it failed for one of them. */
export function isGatewayCallError(error: unknown): error is GatewayCallError;
export function isGatewayCallError<Reason extends CallErrorReason>(
  error: unknown,
  ...reasons: readonly Reason[]
): error is GatewayCallError & { readonly reason: Reason };
export function isGatewayCallError(error: unknown, ...reasons: readonly string[]): boolean {
  if (!(error instanceof GatewayCallError)) return false;
  return reasons.length === 0 || (error.reason !== undefined && reasons.includes(error.reason));
}
