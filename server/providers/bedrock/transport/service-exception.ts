import type { ResponseHeaders } from "./transport.ts";

/** What is known about an exception besides its name and its words. */
export interface ServiceExceptionFacts {
  /** Absent for an exception inside a stream. */
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly headers?: ResponseHeaders | undefined;
}

/** What Bedrock itself says has gone wrong. Shaped like the SDK's exceptions, so that one table reads both. */
export class ServiceException extends Error {
  readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response: { readonly headers: ResponseHeaders };

  constructor(name: string, message: string, facts: ServiceExceptionFacts = {}) {
    super(message);
    this.name = name;
    const { status, requestId, headers = {} } = facts;
    this.$metadata = {
      ...(status !== undefined && { httpStatusCode: status }),
      ...(requestId !== undefined && { requestId }),
    };
    this.$response = { headers };
  }
}
