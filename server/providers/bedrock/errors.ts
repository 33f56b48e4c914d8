import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Endpoint } from "../../core/call.ts";
import { GatewayError, type GatewayErrorOptions } from "../../core/error.ts";
import { objectAt, textAt } from "../codec-parts/json.ts";
import { malformed } from "../codec-parts/malformed.ts";
import {
  accessDenied,
  agreementPending,
  credentialsRefused,
  type ErrorAbout,
  type ErrorClass,
  endOfLife,
  modelFailed,
  modelNotFound,
  modelStarting,
  needsProfile,
  overcrowded,
  quotaSpent,
  rejected,
  throttled,
  timedOut,
  unavailable,
  useCaseMissing,
} from "./error-classes.ts";

/** Exceptions of the Bedrock Runtime API, and those that AWS sends without modelling them (AWS: Common errors). */
const byName = named({
  ThrottlingException: throttled,
  ServiceQuotaExceededException: quotaSpent,
  ModelNotReadyException: modelStarting,
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
  FTUFormNotFilled: useCaseMissing,
  MPAgreementBeingCreated: agreementPending,
  ExpiredTokenException: credentialsRefused,
  UnrecognizedClientException: credentialsRefused,
  InvalidSignatureException: credentialsRefused,
  IncompleteSignature: credentialsRefused,
  RequestExpired: credentialsRefused,
  MissingAuthenticationToken: credentialsRefused,
  MissingAuthenticationTokenException: credentialsRefused,
  InvalidClientTokenId: credentialsRefused,
  CredentialsProviderError: credentialsRefused,
  TokenProviderError: credentialsRefused,
});

/** The few cases that only the text tells apart (seen in public issues; the apostrophe varies). */
const byWords: readonly (readonly [name: string, words: RegExp, found: ErrorClass])[] = [
  ["ValidationException", /on-demand throughput/, needsProfile],
  ["ValidationException", /model identifier is invalid|at 'modelId' failed/, modelNotFound],
  ["ThrottlingException", /per day/, quotaSpent],
  ["ResourceNotFoundException", /end of its life|marked by provider as Legacy/, endOfLife],
];

/** Error types that Claude reports inside a stream of HTTP 200 (Anthropic: Errors). */
const inBand = named({
  overloaded_error: unavailable,
  api_error: unavailable,
  rate_limit_error: throttled,
  timeout_error: timedOut,
  invalid_request_error: rejected,
});

/** A map, because the names that are looked up come from outside. */
function named(table: Readonly<Record<string, ErrorClass>>): ReadonlyMap<string, ErrorClass> {
  return new Map(Object.entries(table));
}

/** How long to wait where the provider throttles and, as AWS does, gives no hint. */
const defaultRetryAfterMs = 1000;

/** What is known besides the error itself. */
export interface ProviderErrorOptions extends GatewayErrorOptions {
  readonly endpoint?: Endpoint | undefined;
}

/**
 * Anything that a transport throws, as a typed error. The provider's own words go nowhere, but for what a validation
 * says about the request: that the caller gets, without accounts and ARNs.
 */
export function providerError(
  thrown: unknown,
  { endpoint, ...options }: ProviderErrorOptions = {},
): GatewayError {
  if (thrown instanceof GatewayError) return thrown.with(options);
  const error = objectAt(thrown);
  if (textAt(error.code) === "EBODYTOOLARGE") {
    return malformed("The provider's answer is longer than the gateway reads.", options);
  }
  const found = classify(error);
  if (!found) return malformed("The provider's answer could not be read.", options);
  const retryAfterMs = found.retry === "same-endpoint" ? retryAfter(error, found) : undefined;
  const about = { words: textAt(error.message) ?? "", endpoint };
  return typed(found, about, {
    cause: summary(error),
    providerRequestId: textAt(objectAt(error.$metadata).requestId),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...options,
  });
}

/** An error that came as an ordinary chunk of a stream. */
export function inBandError(type: string): GatewayError {
  const cause = new Error(`in-band error ${type.slice(0, 64)}`);
  return typed(inBand.get(type) ?? unavailable, { words: "" }, { cause });
}

function typed(
  { code, reason, retry, explain }: ErrorClass,
  about: ErrorAbout,
  options: GatewayErrorOptions,
): GatewayError {
  const { message, metadata = {} } = explain(about);
  return new GatewayError(code, reason, message, { retry, metadata, ...options });
}

type Thrown = { readonly [name: string]: unknown };

/**
 * By the kind of network fault (the SDK's handler calls a reset connection a TimeoutError), then by name, then by
 * status. Undefined: the answer itself was broken.
 */
function classify(error: Thrown): ErrorClass | undefined {
  const name = capitalised(textAt(error.name) ?? "");
  const words = textAt(error.message) ?? "";
  const told = byWords.find(([of, seen]) => of === name && seen.test(words));
  if (told) return told[2];
  if (textAt(error.code) === "EQUEUEFULL") return overcrowded;
  if (isNetworkFault(error)) return unavailable;
  const status = Number(objectAt(error.$metadata).httpStatusCode ?? 0);
  return byName.get(name) ?? byStatus(status) ?? (ownNames.has(name) ? undefined : unavailable);
}

/**
 * Names of JavaScript's own errors: they say that what came could not be read. Any other name that is not in the table
 * is still the provider's word that it failed.
 */
const ownNames = new Set(["", "Error", "SyntaxError", "TypeError", "RangeError"]);

/** Exceptions inside a stream carry camelCase names. */
function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function byStatus(status: number): ErrorClass | undefined {
  if (status === 429) return throttled;
  if (status === 401 || status === 403) return accessDenied;
  if (status === 404) return modelNotFound;
  if (status === 408) return timedOut;
  if (status === 424) return modelFailed;
  if (status >= 400 && status < 500) return rejected;
  return status >= 300 ? unavailable : undefined;
}

/** Node and undici give their network errors a code in capitals, such as ECONNRESET or UND_ERR_SOCKET. */
function isNetworkFault(error: Thrown): boolean {
  return /^(?:E[A-Z]|ERR_HTTP2|ERR_TLS|ERR_SSL|UND_ERR|HPE_|CERT_|DEPTH_|UNABLE_|SELF_SIGNED)/.test(
    textAt(error.code) ?? "",
  );
}

/** The longest hint that is passed on, in milliseconds. */
const longestRetryAfterMs = 3_600_000;

/** What the provider asks for: milliseconds in one header of AWS, seconds or a date in the other (RFC 9110, 10.2.3). */
function retryAfter(error: Thrown, { reason }: ErrorClass): number | undefined {
  const headers = objectAt(objectAt(error.$response).headers);
  const exactMs = wholeNumber(headers["x-amz-retry-after"]);
  const hint = headers["retry-after"];
  const hintMs = wholeNumber(hint) * 1000;
  const dateMs = Date.parse(textAt(hint) ?? "") - Date.now();
  const hinted = [exactMs, hintMs, dateMs].find((ms) => ms >= 0);
  if (hinted !== undefined) return Math.min(hinted, longestRetryAfterMs);
  return reason === ErrorReason.PROVIDER_THROTTLED ? defaultRetryAfterMs : undefined;
}

function wholeNumber(value: unknown): number {
  const text = textAt(value) ?? "";
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** What the log may know: the exception's name and status. Its message can quote the prompt. */
function summary(error: Thrown): Error {
  const name = textAt(error.name)?.slice(0, 64) ?? "unknown";
  const { httpStatusCode } = objectAt(error.$metadata);
  const told = new Error([name, httpStatusCode, textAt(error.code)].filter(Boolean).join(" "));
  told.name = capitalised(name);
  return told;
}
