import { ServiceException } from "../../server/providers/bedrock/transport/service-exception.ts";

/** What is known about an error of the provider besides its name. */
export interface ProviderErrorFacts {
  readonly status?: number;
  readonly message?: string;
  readonly code?: string;
  readonly headers?: Record<string, string>;
}

/** An error as the AWS SDK throws it. */
export function sdkError(name: string, facts: ProviderErrorFacts = {}): Error {
  const { status, message = "words of the provider", code, headers } = facts;
  return Object.assign(new Error(message), {
    name,
    ...(status && { $metadata: { httpStatusCode: status, requestId: "r-1" } }),
    ...(code && { code }),
    ...(headers && { $response: { headers } }),
  });
}

/** The same as the lean transport throws it. */
export function leanError(name: string, facts: ProviderErrorFacts = {}): Error {
  const { status, message = "words of the provider", headers } = facts;
  return new ServiceException(name, message, {
    ...(status && { status, requestId: "r-1" }),
    ...(headers && { headers }),
  });
}
