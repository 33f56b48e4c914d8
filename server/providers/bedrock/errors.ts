import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError, type GatewayErrorOptions, type Retry } from "../../core/error.ts";
import { objectAt, textAt } from "./json.ts";

/** What an error of the provider means for a caller and for another try. */
interface Classification {
  readonly code: Code;
  readonly reason: ErrorReason;
  readonly retry: Retry;
  readonly message: string;
  readonly remedy?: string;
}

const throttled: Classification = {
  code: Code.ResourceExhausted,
  reason: ErrorReason.PROVIDER_THROTTLED,
  retry: "same-endpoint",
  message: "The provider is throttling this model. Ask again later, or ask another model.",
};
const quotaSpent: Classification = {
  ...throttled,
  retry: "other-endpoint",
  message: "A quota of the provider is spent. Waiting seconds will not help; ask another model.",
};
const unavailable: Classification = {
  code: Code.Unavailable,
  reason: ErrorReason.PROVIDER_UNAVAILABLE,
  retry: "same-endpoint",
  message: "The provider could not be reached or failed. Ask again.",
};
const modelFailed: Classification = {
  ...unavailable,
  retry: "other-endpoint",
  message: "The model failed while it worked on this request. Ask again.",
};
const timedOut: Classification = {
  code: Code.Unavailable,
  reason: ErrorReason.PROVIDER_TIMEOUT,
  retry: "other-endpoint",
  message: "The model took too long. Ask again, or ask for fewer tokens.",
};
const rejected: Classification = {
  code: Code.InvalidArgument,
  reason: ErrorReason.PROVIDER_REJECTED,
  retry: "never",
  message: "The provider refused the request as it stands.",
};
const modelNotFound: Classification = {
  code: Code.NotFound,
  reason: ErrorReason.MODEL_NOT_FOUND,
  retry: "other-endpoint",
  message: "The provider has no such model in this region, or has retired it. Ask another model.",
};
const needsProfile: Classification = {
  code: Code.FailedPrecondition,
  reason: ErrorReason.MODEL_NOT_SERVED,
  retry: "never",
  message:
    "The provider serves this model through inference profiles only. Put the geography in front of the id, for example `us.` or `global.`.",
};
const accessDenied: Classification = {
  code: Code.FailedPrecondition,
  reason: ErrorReason.PROVIDER_ACCESS_DENIED,
  retry: "other-endpoint",
  message: "The provider denies the gateway access to this model. Tell its operator.",
  remedy:
    "Enable the model for the gateway's AWS account and allow bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream on it for the gateway's role.",
};
const credentials: Classification = {
  code: Code.Unavailable,
  reason: ErrorReason.PROVIDER_CREDENTIALS,
  retry: "other-endpoint",
  message: "The provider does not accept the gateway's credentials. Tell its operator.",
};

/** Exceptions of the Bedrock Runtime API, and those that AWS sends without modelling them (AWS: Common errors). */
const byName = named({
  ThrottlingException: throttled,
  ServiceQuotaExceededException: quotaSpent,
  ModelNotReadyException: {
    ...unavailable,
    message: "The model is still starting. Ask again in a moment.",
  },
  ServiceUnavailableException: unavailable,
  InternalServerException: unavailable,
  InternalFailure: unavailable,
  ModelErrorException: modelFailed,
  ModelStreamErrorException: modelFailed,
  ModelTimeoutException: timedOut,
  TimeoutError: timedOut,
  ValidationException: rejected,
  ConflictException: rejected,
  ResourceNotFoundException: modelNotFound,
  AccessDeniedException: accessDenied,
  FTUFormNotFilled: accessDenied,
  MPAgreementBeingCreated: accessDenied,
  ExpiredTokenException: credentials,
  UnrecognizedClientException: credentials,
  InvalidSignatureException: credentials,
  IncompleteSignature: credentials,
  RequestExpired: credentials,
  MissingAuthenticationToken: credentials,
  MissingAuthenticationTokenException: credentials,
  InvalidClientTokenId: credentials,
  CredentialsProviderError: credentials,
});

/** Error types that Claude reports inside a stream of HTTP 200 (Anthropic: Errors). */
const inBand = named({
  overloaded_error: unavailable,
  api_error: unavailable,
  rate_limit_error: throttled,
  timeout_error: timedOut,
  invalid_request_error: rejected,
});

/** A map, because the names that are looked up come from outside. */
function named(
  table: Readonly<Record<string, Classification>>,
): ReadonlyMap<string, Classification> {
  return new Map(Object.entries(table));
}

/** How long to wait where the provider throttles and, as AWS does, gives no hint. */
const defaultRetryAfterMs = 1000;

/**
 * Anything that the SDK throws, as a typed error. Its own words go nowhere, but for what a validation says about the
 * request: that the caller gets, without ARNs.
 */
export function fromSdkError(thrown: unknown, options: GatewayErrorOptions = {}): GatewayError {
  if (thrown instanceof GatewayError) return thrown.with(options);
  const found = classify(thrown);
  if (!found) return malformed("The provider's answer could not be read.", options);
  const retryAfterMs = found.retry === "same-endpoint" ? retryAfter(thrown, found) : undefined;
  return typed(found, {
    cause: summary(thrown),
    providerRequestId: textAt(objectAt(objectAt(thrown).$metadata).requestId),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...options,
  });
}

/** An error that came as an ordinary chunk of a stream. */
export function inBandError(type: string): GatewayError {
  return typed(inBand.get(type) ?? unavailable, {
    cause: new Error(`in-band error ${type.slice(0, 64)}`),
  });
}

/** An answer that is not what the protocol promises, or that stops before it is whole. */
export function malformed(message: string, options: GatewayErrorOptions = {}): GatewayError {
  return new GatewayError(
    Code.DataLoss,
    ErrorReason.PROVIDER_MALFORMED_RESPONSE,
    `${message} Ask again.`,
    { retry: "other-endpoint", ...options },
  );
}

function typed(found: Classification, options: GatewayErrorOptions): GatewayError {
  const metadata = found.remedy ? { remedy: found.remedy } : {};
  return new GatewayError(found.code, found.reason, found.message, {
    retry: found.retry,
    metadata,
    ...options,
  });
}

/**
 * By the kind of network fault (the SDK's handler calls a reset connection a TimeoutError), then by name, then by
 * status. Undefined: the answer itself was broken.
 */
function classify(thrown: unknown): Classification | undefined {
  const error = objectAt(thrown);
  const name = capitalised(textAt(error.name) ?? "");
  const status = Number(objectAt(error.$metadata).httpStatusCode ?? 0);
  if (name === "ValidationException") return validation(textAt(error.message) ?? "");
  if (name === "ThrottlingException" && (textAt(error.message) ?? "").includes("per day"))
    return quotaSpent;
  if (isNetworkFault(error)) return unavailable;
  return (
    byName.get(name) ?? byStatus(status) ?? (isNamedByProvider(name) ? unavailable : undefined)
  );
}

/** Names of JavaScript's own errors: the SDK throws them when it cannot read what came. */
const ownNames = new Set(["", "Error", "SyntaxError", "TypeError", "RangeError"]);

/** An exception that this table does not know yet is still the provider's word that it failed. */
function isNamedByProvider(name: string): boolean {
  return !ownNames.has(name);
}

/** Exceptions inside a stream carry camelCase names. */
function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The two cases that only the text tells apart (seen in public issues; the apostrophe varies). */
function validation(message: string): Classification {
  if (message.includes("on-demand throughput")) return needsProfile;
  if (message.includes("model identifier is invalid")) return modelNotFound;
  const words = message.replace(/arn:aws[^\s"',]*/g, "arn:…").slice(0, 500);
  return words ? { ...rejected, message: `The provider refused the request: ${words}` } : rejected;
}

function byStatus(status: number): Classification | undefined {
  if (status === 429) return throttled;
  if (status === 401 || status === 403) return accessDenied;
  if (status === 404) return modelNotFound;
  if (status === 408) return timedOut;
  if (status >= 400 && status < 500) return rejected;
  return status >= 500 ? unavailable : undefined;
}

/** Node gives its network errors a code in capitals, such as ECONNRESET or ERR_HTTP2_STREAM_ERROR. */
function isNetworkFault(error: { readonly [name: string]: unknown }): boolean {
  return /^(?:E[A-Z]|ERR_HTTP2|ERR_TLS|ERR_SSL|UND_ERR|HPE_|CERT_|DEPTH_|UNABLE_|SELF_SIGNED)/.test(
    textAt(error.code) ?? "",
  );
}

function retryAfter(thrown: unknown, { reason }: Classification): number | undefined {
  const headers = objectAt(objectAt(objectAt(thrown).$response).headers);
  const seconds = Number(textAt(headers["retry-after"]) ?? Number.NaN);
  if (Number.isFinite(seconds) && seconds >= 0) return Math.min(seconds, 3600) * 1000;
  return reason === ErrorReason.PROVIDER_THROTTLED ? defaultRetryAfterMs : undefined;
}

/** What the log may know: the exception's name and status. Its message can quote the prompt. */
function summary(thrown: unknown): Error {
  const error = objectAt(thrown);
  const status = objectAt(error.$metadata).httpStatusCode;
  const code = textAt(error.code);
  return new Error([textAt(error.name) ?? "unknown", status, code].filter(Boolean).join(" "));
}
