import type { IncomingHttpHeaders } from "node:http";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Endpoint } from "../../core/call.ts";
import { GatewayError, type GatewayErrorOptions } from "../../core/error.ts";
import { type JsonObject, objectAt, textAt } from "../codec-parts/json.ts";
import { malformed } from "../codec-parts/malformed.ts";
import {
  byCode,
  byStatus,
  byType,
  type Classification,
  dayLimit,
  modelNotFound,
  modelRetired,
  rejected,
  requestTooLarge,
  throttled,
  unavailable,
} from "./error-table.ts";
import { retryAfterMs, throttledForMs } from "./retry-hint.ts";
import { safeParameter, safeWords } from "./safe-words.ts";

/** A response that is not an answer. */
export interface FailedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A refusal or a failure of OpenAI's, or of a proxy before it, as a typed error. */
export function fromResponse(
  { status, headers, body }: FailedResponse,
  { replacement }: Pick<Endpoint, "replacement">,
): GatewayError {
  const error = errorIn(body);
  const found = error ? classify(error, status) : byStatus(status);
  const retry = retryOf(found, headers);
  const waitMs = retry === "same-endpoint" ? waitOf(found, headers) : undefined;
  const isRetired = found === modelRetired && replacement !== undefined;
  return typed({ ...found, retry }, error, {
    cause: summary(error ?? {}, status),
    providerRequestId: textAt(headers["x-request-id"]),
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
    ...(isRetired && { metadata: { replacement } }),
  });
}

/** The error object of a chunk: it comes without a status, and without headers that say how long to wait. */
export function errorInBand(error: JsonObject): GatewayError {
  const found = classify(error, undefined);
  const waitMs = found === throttled ? throttledForMs({}) : undefined;
  return typed(found, error, {
    cause: summary(error, undefined),
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  });
}

/** Codes of what was too long to be an answer. */
const tooLong: ReadonlySet<unknown> = new Set(["EBODYTOOLARGE", "ESSETOOLONG"]);

/** Anything that sending or reading throws, as a typed error; what is one already gets what more is known. */
export function fromThrown(thrown: unknown, options: GatewayErrorOptions = {}): GatewayError {
  if (thrown instanceof GatewayError) return thrown.with(options);
  const code = textAt(objectAt(thrown).code);
  if (tooLong.has(code)) return malformed("OpenAI's answer is too long to be one.", options);
  if (code === undefined) return GatewayError.from(thrown);
  return typed(unavailable, undefined, { cause: new Error(code.slice(0, 64)), ...options });
}

/** The `error` member of a body; undefined for what is not JSON of OpenAI's form. */
function errorIn(body: string): JsonObject | undefined {
  try {
    const { error } = objectAt(JSON.parse(body));
    return typeof error === "object" && error !== null ? objectAt(error) : undefined;
  } catch {
    return undefined;
  }
}

/** By code, then by type, then by status; in a stream, where there is none, it is a failure of OpenAI's. */
function classify(error: JsonObject, status: number | undefined): Classification {
  const message = textAt(error.message) ?? "";
  const found =
    byCode.get(textAt(error.code) ?? "") ??
    byType.get(textAt(error.type) ?? "") ??
    (status === undefined ? inBandByType(error) : byStatusAndWords(status, message));
  if (found === throttled) return throttledBy(message);
  return found === modelNotFound && isRetirement(message) ? modelRetired : found;
}

function inBandByType({ type }: JsonObject): Classification {
  return type === "invalid_request_error" ? rejected : unavailable;
}

/** A path that does not exist and a model that does not are both 404; other servers give models no code. */
function byStatusAndWords(status: number, message: string): Classification {
  return status === 404 && !message.startsWith("Invalid URL") ? modelNotFound : byStatus(status);
}

/** One code stands for limits that pass in seconds, in a day, and never (OpenAI: Rate limits, error texts). */
function throttledBy(message: string): Classification {
  if (/^Request too large\b/.test(message)) return requestTooLarge;
  return /\bper day\b/.test(message) ? dayLimit : throttled;
}

function isRetirement(message: string): boolean {
  return /\b(?:deprecated|retired|shut ?down)\b/.test(message);
}

/** OpenAI's servers may say that trying again is of no use. */
function retryOf({ retry }: Classification, headers: IncomingHttpHeaders) {
  const isUseless = retry === "same-endpoint" && headers["x-should-retry"] === "false";
  return isUseless ? "other-endpoint" : retry;
}

function waitOf(found: Classification, headers: IncomingHttpHeaders): number | undefined {
  return found.reason === ErrorReason.PROVIDER_THROTTLED
    ? throttledForMs(headers)
    : retryAfterMs(headers);
}

function typed(
  { code, reason, retry, remedy, ...found }: Classification,
  error: JsonObject | undefined,
  { metadata, ...options }: GatewayErrorOptions,
): GatewayError {
  const shown = found.showsWords ? error : undefined;
  const words = safeWords(textAt(shown?.message) ?? "");
  const parameter = safeParameter(textAt(shown?.param));
  const message = words ? `OpenAI refused the request: ${words}` : found.message;
  const facts = { ...(remedy && { remedy }), ...(parameter && { parameter }), ...metadata };
  return new GatewayError(code, reason, message, { retry, metadata: facts, ...options });
}

/** What the log may know: status, type and code. A message can quote the prompt, and the key. */
function summary({ type, code }: JsonObject, status: number | undefined): Error {
  const words = [textAt(type), textAt(code)].filter((word) => /^[\w.-]{1,64}$/.test(word ?? ""));
  return new Error(["openai", status, ...words].filter(Boolean).join(" "));
}
