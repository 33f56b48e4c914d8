import type { Finding } from "../check.ts";
import { type AskFailure, failureName } from "./ask-failure.ts";

/** What a failure means, by its name. AWS's own text is not repeated: it can hold session tokens. */
const meanings: readonly (readonly [
  names: RegExp,
  tell: (action: string, name: string) => { readonly reason: string; readonly remedy: string },
])[] = [
  [
    /^AccessDenied|^UnauthorizedOperation|^AuthorizationError|^Forbidden$|^403$/,
    (action) => ({
      reason: `This identity may not call ${action}.`,
      remedy: `Allow ${action}: axonflow iam-policy --doctor prints the statement.`,
    }),
  ],
  [
    /^(?:CredentialsProvider|TokenProvider)/,
    (action) => ({
      reason: `There are no AWS credentials here to call ${action} with.`,
      remedy: "Give them as the AWS SDK finds them, for example AWS_PROFILE=name.",
    }),
  ],
  [
    /^(?:ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|InvalidSignature|SignatureDoesNotMatch|RequestExpired)/,
    (action, name) => ({
      reason: `AWS does not accept these credentials for ${action} (${name}).`,
      remedy: "Renew the credentials, and look at this machine's clock.",
    }),
  ],
  [
    /^(?:Throttl|TooManyRequests|RequestLimitExceeded|SlowDown)/,
    (action, name) => ({
      reason: `AWS is throttling ${action} (${name}).`,
      remedy: "Run axonflow doctor again in a minute.",
    }),
  ],
  [
    /^(?:E[A-Z_]+|TimeoutError|AbortError|ERR_.*)$/,
    (action, name) => ({
      reason: `${action.split(":")[0]} could not be reached from here for ${action} (${name}).`,
      remedy:
        "Run axonflow doctor where the service can be reached, or make a VPC endpoint for it.",
    }),
  ],
];

/** The finding of a check that AWS gave no answer to. */
export function unanswered({ action, cause }: AskFailure): Finding {
  const name = failureName(cause);
  const [, tell] = meanings.find(([names]) => names.test(name)) ?? [];
  const told = tell?.(action, name) ?? {
    reason: `${action} was answered with ${name}.`,
    remedy: "Run axonflow doctor again; if it stays so, look the error up in AWS's reference.",
  };
  return { verdict: "unknown", reason: told.reason, evidence: [], remedies: [told.remedy] };
}
