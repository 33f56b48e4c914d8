import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Retry } from "../../core/error.ts";

/** What an error of OpenAI means for a caller and for another try. */
export interface Classification {
  readonly code: Code;
  readonly reason: ErrorReason;
  readonly retry: Retry;
  readonly message: string;
  readonly remedy?: string;
  /** OpenAI's own words help the caller, who alone can mend the request. */
  readonly showsWords?: true;
}

export const throttled: Classification = {
  code: Code.ResourceExhausted,
  reason: ErrorReason.PROVIDER_THROTTLED,
  retry: "same-endpoint",
  message: "OpenAI is throttling this model. Ask again later, or ask another model.",
};
const quotaSpent: Classification = {
  code: Code.ResourceExhausted,
  reason: ErrorReason.PROVIDER_QUOTA_EXHAUSTED,
  retry: "other-endpoint",
  message:
    "The gateway's account at OpenAI has used up its quota or its credit. Tell its operator.",
  remedy: "Look at the limits and the billing of the OpenAI organization and project.",
};
/** Limits by the day: seconds do not help. */
export const dayLimit: Classification = {
  ...quotaSpent,
  message: "A daily limit at OpenAI is used up. Waiting seconds will not help; ask another model.",
};
/** A single request above the limit of tokens a minute. */
export const requestTooLarge: Classification = {
  ...quotaSpent,
  message:
    "The request alone is more than OpenAI lets the gateway's account use in a minute. Shorten it, lower max_tokens, or ask another model.",
};
export const unavailable: Classification = {
  code: Code.Unavailable,
  reason: ErrorReason.PROVIDER_UNAVAILABLE,
  retry: "same-endpoint",
  message: "OpenAI could not be reached or failed. Ask again.",
};
/** The answer of something that is not OpenAI. */
export const wrongAddress: Classification = {
  ...unavailable,
  retry: "other-endpoint",
  message: "Where the gateway looks for OpenAI there is no such API. Tell its operator.",
  remedy: "Check OPENAI_BASE_URL: it ends in /v1 at OpenAI.",
};
const timedOut: Classification = {
  ...unavailable,
  reason: ErrorReason.PROVIDER_TIMEOUT,
  retry: "other-endpoint",
  message: "The model took too long. Ask again, or ask for fewer tokens.",
};
const refused: Classification = {
  code: Code.InvalidArgument,
  reason: ErrorReason.PROVIDER_REJECTED,
  retry: "never",
  message: "OpenAI refused the request as it stands.",
};
export const rejected: Classification = { ...refused, showsWords: true };
const tooLong: Classification = {
  ...refused,
  message:
    "The conversation and the answer that may follow are longer than the model's context window. Shorten the conversation, lower max_tokens, or ask a model with a larger window.",
};
const againstPolicy: Classification = {
  ...refused,
  message: "OpenAI's own policy refuses this request. Change what it asks.",
};
export const modelNotFound: Classification = {
  code: Code.NotFound,
  reason: ErrorReason.MODEL_NOT_FOUND,
  retry: "other-endpoint",
  message: "OpenAI has no such model, or not for the gateway's account. Ask another model.",
};
export const modelRetired: Classification = {
  ...modelNotFound,
  reason: ErrorReason.MODEL_END_OF_LIFE,
  message: "OpenAI has retired this model. Ask another model.",
};
const accessDenied: Classification = {
  code: Code.FailedPrecondition,
  reason: ErrorReason.PROVIDER_ACCESS_DENIED,
  retry: "other-endpoint",
  message: "OpenAI denies the gateway this request. Tell its operator.",
  remedy:
    "Allow the model and Chat Completions for the API key and its project, and call from a country that OpenAI serves.",
};
const credentials: Classification = {
  code: Code.Unavailable,
  reason: ErrorReason.PROVIDER_CREDENTIALS,
  retry: "other-endpoint",
  message: "OpenAI does not accept the gateway's credentials. Tell its operator.",
  remedy: "Check OPENAI_API_KEY, and OPENAI_ORG_ID and OPENAI_PROJECT_ID if they are set.",
};

/** OpenAI's codes (OpenAI: Error codes), those of its gateway for other regions, and those of servers of its form. */
export const byCode: ReadonlyMap<string, Classification> = new Map(
  Object.entries({
    insufficient_quota: quotaSpent,
    billing_hard_limit_reached: quotaSpent,
    billing_not_active: quotaSpent,
    rate_limit_exceeded: throttled,
    // The flex tier has no room.
    resource_unavailable: throttled,
    server_error: unavailable,
    server_overloaded: unavailable,
    overloaded: unavailable,
    slow_down: unavailable,
    service_unavailable: unavailable,
    timeout: timedOut,
    context_length_exceeded: tooLong,
    string_above_max_length: tooLong,
    content_filter: againstPolicy,
    content_policy_violation: againstPolicy,
    invalid_prompt: againstPolicy,
    model_not_found: modelNotFound,
    unsupported_country_region_territory: accessDenied,
    invalid_api_key: credentials,
    account_deactivated: credentials,
    invalid_organization: credentials,
    mismatched_organization: credentials,
    mismatched_project: credentials,
    incorrect_hostname: {
      ...credentials,
      remedy:
        "The key's project is bound to a region: set OPENAI_BASE_URL to its host, for example https://eu.api.openai.com/v1.",
    },
  }),
);

/** Types, for errors without a code that is known; most errors of a caller share one type, which says too little. */
export const byType: ReadonlyMap<string, Classification> = new Map(
  Object.entries({
    insufficient_quota: quotaSpent,
    requests: throttled,
    tokens: throttled,
    rate_limit_error: throttled,
    server_error: unavailable,
    overloaded_error: unavailable,
    timeout_error: timedOut,
    authentication_error: credentials,
    permission_error: accessDenied,
  }),
);

/** For errors that only their status tells: proxies in between, and codes that nobody knows yet. */
export function byStatus(status: number): Classification {
  if (status === 429) return throttled;
  if (status === 401) return credentials;
  if (status === 403) return accessDenied;
  if (status === 408) return timedOut;
  // A conflict that passes; OpenAI's own library tries it again.
  if (status === 409) return unavailable;
  if (status === 404 || (status >= 300 && status < 400)) return wrongAddress;
  return status >= 400 && status < 500 ? rejected : unavailable;
}
