import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Endpoint } from "../../core/call.ts";
import type { Retry } from "../../core/error.ts";
import { accessDeniedRemedy } from "./access-remedies.ts";

/** What is known when an error is put into words. */
export interface ErrorAbout {
  /** The provider's own words: for telling cases apart, and for a caller only where they are about the request. */
  readonly words: string;
  readonly endpoint?: Endpoint | undefined;
}

/** What a caller is told. */
export interface Explanation {
  readonly message: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What an error of the provider means for a caller and for another try. */
export interface ErrorClass {
  readonly code: Code;
  readonly reason: ErrorReason;
  readonly retry: Retry;
  readonly explain: (about: ErrorAbout) => Explanation;
}

/** The same words whatever happened. */
function always(message: string): ErrorClass["explain"] {
  return () => ({ message });
}

export const throttled: ErrorClass = {
  code: Code.ResourceExhausted,
  reason: ErrorReason.PROVIDER_THROTTLED,
  retry: "same-endpoint",
  explain: always("The provider is throttling this model. Ask again later, or ask another model."),
};

export const quotaSpent: ErrorClass = {
  code: Code.ResourceExhausted,
  reason: ErrorReason.PROVIDER_QUOTA_EXHAUSTED,
  retry: "other-endpoint",
  explain: ({ endpoint }) => ({
    message: `A quota of the gateway's AWS account is used up for this model${inRegion(endpoint)}. Waiting seconds does not help; ask another model, or tell the gateway's operator.`,
    metadata: {
      remedy: "Ask for more under Service Quotas, Amazon Bedrock, or route to another region.",
    },
  }),
};

export const unavailable: ErrorClass = {
  code: Code.Unavailable,
  reason: ErrorReason.PROVIDER_UNAVAILABLE,
  retry: "same-endpoint",
  explain: always("The provider could not be reached or failed. Ask again."),
};

export const overcrowded: ErrorClass = {
  ...unavailable,
  retry: "other-endpoint",
  explain: always("Too many calls wait for a connection to the provider. Ask again later."),
};

export const modelStarting: ErrorClass = {
  ...unavailable,
  explain: always("The model is still starting. Ask again in a moment."),
};

export const modelFailed: ErrorClass = {
  ...unavailable,
  retry: "other-endpoint",
  explain: always("The model failed while it worked on this request. Ask again."),
};

export const timedOut: ErrorClass = {
  code: Code.Unavailable,
  reason: ErrorReason.PROVIDER_TIMEOUT,
  retry: "other-endpoint",
  explain: always("The model took too long. Ask again, or ask for fewer tokens."),
};

export const rejected: ErrorClass = {
  code: Code.InvalidArgument,
  reason: ErrorReason.PROVIDER_REJECTED,
  retry: "never",
  explain({ words }) {
    const told = withoutAccounts(words).slice(0, 500);
    const detail = told ? `: ${told}` : " as it stands.";
    return { message: `The provider refused the request${detail}` };
  },
};

export const modelNotFound: ErrorClass = {
  code: Code.NotFound,
  reason: ErrorReason.MODEL_NOT_FOUND,
  retry: "other-endpoint",
  explain: ({ endpoint }) => ({
    message: `The provider does not know the model ${nameOf(endpoint)}${inRegion(endpoint)}. Ask for a model that \`axonflow models\` lists.`,
  }),
};

export const endOfLife: ErrorClass = {
  code: Code.NotFound,
  reason: ErrorReason.MODEL_END_OF_LIFE,
  retry: "other-endpoint",
  explain: ({ words, endpoint }) => {
    const { replacement } = endpoint ?? {};
    const why = words.includes("Legacy")
      ? "is a legacy model that the gateway's AWS account has not used lately, and AWS no longer lets it begin to"
      : "has reached the end of its life";
    const advice = replacement ? `Ask for ${replacement} instead.` : "Ask for a newer model.";
    return {
      message: `The model ${nameOf(endpoint)} ${why}. ${advice}`,
      ...(replacement && { metadata: { replacement } }),
    };
  },
};

export const needsProfile: ErrorClass = {
  code: Code.FailedPrecondition,
  reason: ErrorReason.MODEL_NOT_SERVED,
  retry: "other-endpoint",
  explain: ({ endpoint }) => {
    const { profiles = [] } = endpoint ?? {};
    const advice =
      profiles.length > 0
        ? `Ask for ${profiles.join(" or ")} instead.`
        : "Put the geography in front of the id, for example `us.` or `global.`.";
    return {
      message: `The provider serves the model ${nameOf(endpoint)} through inference profiles only. ${advice}`,
      ...(profiles.length > 0 && { metadata: { profiles: profiles.join(", ") } }),
    };
  },
};

export const accessDenied: ErrorClass = {
  code: Code.FailedPrecondition,
  reason: ErrorReason.PROVIDER_ACCESS_DENIED,
  retry: "other-endpoint",
  explain: ({ words, endpoint }) => ({
    message: "The provider denies the gateway access to this model. Tell its operator.",
    metadata: { remedy: accessDeniedRemedy(words, endpoint) },
  }),
};

export const useCaseMissing: ErrorClass = {
  ...accessDenied,
  explain: () => accessDenied.explain({ words: "use case details" }),
};

export const agreementPending: ErrorClass = {
  ...accessDenied,
  explain: () => accessDenied.explain({ words: "agreement is being created" }),
};

export const credentialsRefused: ErrorClass = {
  code: Code.Unavailable,
  reason: ErrorReason.PROVIDER_CREDENTIALS,
  retry: "other-endpoint",
  explain: always(
    "The provider does not accept the gateway's credentials, or the gateway has none. Tell its operator.",
  ),
};

/** An ARN may name the account of the gateway's operator, so it is not repeated. */
function nameOf(endpoint: Endpoint | undefined): string {
  if (!endpoint) return "asked for";
  return endpoint.model.startsWith("arn:") ? "behind this ARN" : endpoint.model;
}

function inRegion(endpoint: Endpoint | undefined): string {
  return endpoint ? ` in ${endpoint.region}` : "";
}

function withoutAccounts(words: string): string {
  return words.replace(/arn:aws[^\s"',]*/g, "arn:…").replace(/(?<!\d)\d{12}(?!\d)/g, "…");
}
