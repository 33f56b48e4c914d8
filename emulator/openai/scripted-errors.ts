import type { ExceptionAction } from "../api.ts";
import type { ExceptionName } from "../exceptions.ts";
import { type ErrorFacts, OpenAiError } from "./openai-error.ts";
import { spentRateLimits } from "./rate-limits.ts";

const serverError: ErrorFacts = {
  status: 500,
  message: "The server had an error while processing your request. Sorry about that!",
  type: "server_error",
};
const overloaded: ErrorFacts = {
  status: 503,
  message: "The engine is currently overloaded, please try again later.",
  type: "server_error",
  code: "slow_down",
};
const rateLimited: ErrorFacts = {
  status: 429,
  message:
    "Rate limit reached for this model in organization org-emulator00000000 on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s.",
  type: "requests",
  code: "rate_limit_exceeded",
  headers: spentRateLimits,
};
const noQuota: ErrorFacts = {
  status: 429,
  message: "You exceeded your current quota, please check your plan and billing details.",
  type: "insufficient_quota",
  code: "insufficient_quota",
};
const wrongKey: ErrorFacts = {
  status: 401,
  message: "Incorrect API key provided: sk-em*****tail.",
  type: "invalid_request_error",
  code: "invalid_api_key",
};
const forbidden: ErrorFacts = {
  status: 403,
  message: "Country, region, or territory not supported",
  type: "request_forbidden",
  code: "unsupported_country_region_territory",
};
const noModel: ErrorFacts = {
  status: 404,
  message: "The model does not exist or you do not have access to it.",
  type: "invalid_request_error",
  code: "model_not_found",
};
const invalid: ErrorFacts = {
  status: 400,
  message: "Invalid request.",
  type: "invalid_request_error",
};

/** What the exceptions of a fault rule, which have AWS's names, mean at OpenAI. */
const byException: Readonly<Record<ExceptionName, ErrorFacts>> = {
  AccessDeniedException: forbidden,
  ConflictException: { status: 409, message: "The resource is in use.", type: "conflict" },
  InternalServerException: serverError,
  ModelErrorException: serverError,
  ModelNotReadyException: overloaded,
  ModelStreamErrorException: serverError,
  ModelTimeoutException: {
    status: 408,
    message: "Request timed out.",
    type: "server_error",
    code: "timeout",
  },
  ResourceNotFoundException: noModel,
  ServiceQuotaExceededException: noQuota,
  ServiceUnavailableException: overloaded,
  ThrottlingException: rateLimited,
  ValidationException: invalid,
  ExpiredTokenException: wrongKey,
  UnrecognizedClientException: wrongKey,
  InvalidSignatureException: wrongKey,
  IncompleteSignature: wrongKey,
  MissingAuthenticationTokenException: wrongKey,
  MissingAuthenticationToken: wrongKey,
  RequestExpired: wrongKey,
  InvalidClientTokenId: wrongKey,
  InternalFailure: serverError,
  FTUFormNotFilled: forbidden,
  MPAgreementBeingCreated: forbidden,
  UnknownOperationException: {
    status: 404,
    message: "Invalid URL (POST /v1/chat/completion)",
    type: "invalid_request_error",
  },
};

/** Errors that only a code of OpenAI's names. */
const byCode: ReadonlyMap<string, ErrorFacts> = new Map([
  ...[rateLimited, noQuota, wrongKey, forbidden, noModel, overloaded].map(
    (facts) => [facts.code ?? "", facts] as const,
  ),
  [
    "context_length_exceeded",
    {
      ...invalid,
      message:
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens. Please reduce the length of the messages.",
      param: "messages",
    },
  ],
  [
    "content_filter",
    { ...invalid, message: "The prompt was filtered because of the content policy." },
  ],
  [
    "invalid_prompt",
    {
      ...invalid,
      message: "Invalid prompt: your prompt was flagged as violating our usage policy.",
    },
  ],
  ["server_error", serverError],
]);

/** The error of a fault rule: by its own code where OpenAI has one, else by the name of the exception. */
export function scriptedError(action: ExceptionAction): OpenAiError {
  const { code, message, retryAfterSeconds: seconds } = action;
  const found = byCode.get(code ?? "") ?? byException[action.exception];
  const waiting = seconds === undefined ? {} : { "retry-after": seconds };
  const milliseconds = seconds === undefined ? {} : { "retry-after-ms": seconds * 1000 };
  return new OpenAiError({
    ...found,
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    headers: { ...found.headers, ...waiting, ...milliseconds },
  });
}
