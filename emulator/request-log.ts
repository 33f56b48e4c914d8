import type { ReceivedRequest } from "./exchange.ts";

/** A request exactly as it arrived, with the id of the call it became. */
export interface CapturedRequest extends ReceivedRequest {
  readonly callId: string;
}

/** The latest requests, for tests that look at what a client really sent. */
export interface RequestLog {
  readonly requests: readonly CapturedRequest[];
  add(request: CapturedRequest): void;
}

const keptBodyBytes = 64 * 1024 * 1024;

/** Creates a log of at most `limit` requests, whose bodies together stay under 64 MB. */
export function createRequestLog(limit: number): RequestLog {
  const requests: CapturedRequest[] = [];
  let bodyBytes = 0;
  return {
    requests,
    add(request) {
      requests.push(request);
      bodyBytes += request.body.length;
      while (requests.length > limit || bodyBytes > keptBodyBytes) {
        bodyBytes -= requests.shift()?.body.length ?? bodyBytes;
      }
    },
  };
}
