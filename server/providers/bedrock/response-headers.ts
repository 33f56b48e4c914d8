import type { ResponseHeaders } from "./transport/transport.ts";

/** The names under which Amazon's id of a request comes, the usual one first. */
const requestIdHeaders = ["x-amzn-requestid", "x-amzn-request-id", "x-amz-request-id"];

/** Amazon's id of the request, for its support; undefined when no header tells it. */
export function requestIdOf(headers: ResponseHeaders): string | undefined {
  for (const name of requestIdHeaders) {
    const id = headers[name];
    if (id) return id;
  }
  return undefined;
}

/** An error that came after the head of a response, and that knows nothing of it, gets its request id. */
export function withRequestId(error: unknown, requestId: string | undefined): unknown {
  if (!(error instanceof Error) || requestId === undefined) return error;
  const { $metadata } = error as { $metadata?: object };
  return Object.assign(error, { $metadata: { requestId, ...$metadata } });
}
