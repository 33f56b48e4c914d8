import { Code } from "@connectrpc/connect";
import type { Hop, Usage } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";

/** Whether asking again can help, and where. Retry, failover, breaker and metrics all read this one classification. */
export type Retry = "same-endpoint" | "other-endpoint" | "never";

/** What is wrong with one field of a request, in the words of `google.rpc.BadRequest`. */
export interface FieldViolation {
  /** The path of the field in snake_case, for example `messages[2].content[0].text`. */
  readonly field: string;
  /** What to do about it. */
  readonly description: string;
}

const reasonNames = new Map<ErrorReason, string>(
  Object.entries(ErrorReason).map(([name, reason]) => [reason, name]),
);

/** A reason as it travels in ErrorInfo: the name of its enum value without the prefix. */
export function reasonName(reason: ErrorReason): string {
  return reasonNames.get(reason) ?? "UNSPECIFIED";
}

/** Everything that may be said about an error besides its code, reason and message. */
export interface GatewayErrorOptions {
  /** Default: never. */
  readonly retry?: Retry | undefined;
  /** What really happened. It goes to the log and never to the caller. */
  readonly cause?: unknown;
  readonly violations?: readonly FieldViolation[] | undefined;
  /** How long to wait before asking again, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Further facts for machines; they leave in ErrorInfo, so nothing secret or personal may stand here. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** The attempts that were made. */
  readonly hops?: readonly Hop[] | undefined;
  /** The tokens that the provider is known to have used before it failed. */
  readonly usage?: Usage | undefined;
  /** The provider's own id of the request. */
  readonly providerRequestId?: string | undefined;
}

/** The one error inside the gateway. Its message is written for the caller and says what to do. */
export class GatewayError extends Error {
  readonly code: Code;
  readonly reason: ErrorReason;
  readonly retry: Retry;
  readonly violations: readonly FieldViolation[];
  readonly retryAfterMs: number | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly hops: readonly Hop[];
  readonly usage: Usage | undefined;
  readonly providerRequestId: string | undefined;

  constructor(code: Code, reason: ErrorReason, message: string, options: GatewayErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "GatewayError";
    this.code = code;
    this.reason = reason;
    this.retry = options.retry ?? "never";
    this.violations = options.violations ?? [];
    this.retryAfterMs = options.retryAfterMs;
    this.metadata = options.metadata ?? {};
    this.hops = options.hops ?? [];
    this.usage = options.usage;
    this.providerRequestId = options.providerRequestId;
  }

  /** The same error with some things said differently; errors, like calls, are not changed in place. */
  with(
    change: GatewayErrorOptions & { code?: Code; reason?: ErrorReason; message?: string },
  ): GatewayError {
    const { code = this.code, reason = this.reason, message = this.message, ...options } = change;
    return new GatewayError(code, reason, message, { ...this, cause: this.cause, ...options });
  }

  /** Anything that was thrown, as a `GatewayError`. What is not one already is a fault of ours: INTERNAL. */
  static from(error: unknown): GatewayError {
    if (error instanceof GatewayError) return error;
    return new GatewayError(
      Code.Internal,
      ErrorReason.INTERNAL,
      "The gateway failed. Give the request id to its operator.",
      { cause: error },
    );
  }

  /** The caller went away. */
  static cancelled(): GatewayError {
    return new GatewayError(Code.Canceled, ErrorReason.CANCELLED, "The caller cancelled the call.");
  }

  /** The deadline passed. */
  static deadlineExceeded(): GatewayError {
    return new GatewayError(
      Code.DeadlineExceeded,
      ErrorReason.DEADLINE_EXCEEDED,
      "The deadline passed before the answer was whole. Allow more time, or ask for fewer tokens.",
    );
  }

  /** The gateway is shutting down; a second or so later another instance answers. */
  static draining(): GatewayError {
    return new GatewayError(
      Code.Unavailable,
      ErrorReason.DRAINING,
      "This gateway is shutting down. Ask again; another instance will answer.",
      { retryAfterMs: 1000 },
    );
  }

  /** One field, or several, must be mended before the request can be served. */
  static invalid(...violations: readonly FieldViolation[]): GatewayError {
    const list = violations.map(({ field, description }) => `${field}: ${description}`).join(" ");
    return new GatewayError(Code.InvalidArgument, ErrorReason.INVALID_FIELD, list, { violations });
  }

  /** A field that the contract has and this gateway, or this model, does not serve yet. */
  static notSupported(field: string, what: string): GatewayError {
    return new GatewayError(
      Code.Unimplemented,
      ErrorReason.NOT_SUPPORTED,
      `${what} (${field}) are not served by this gateway yet. Leave the field out.`,
      { metadata: { field } },
    );
  }
}
