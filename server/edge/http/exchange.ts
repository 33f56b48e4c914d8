import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Connection } from "../transport/connection.ts";

/** A request over HTTP/1.1 or HTTP/2. */
export type HttpRequest = IncomingMessage | Http2ServerRequest;

/** The response to it. */
export type HttpResponse = ServerResponse | Http2ServerResponse;

/** One request and what answers it. */
export interface HttpExchange {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly connection: Connection;
  /** The path without the query. */
  readonly path: string;
  /** The call's id, also in the response header `x-request-id`. */
  readonly requestId: string;
}

/** One header's value; the first where it came several times. */
export function headerOf(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Whether this response is HTTP/1.1; the two kinds have the same methods under types that do not mix. */
export function isHttp1(response: HttpResponse): response is ServerResponse {
  return !("stream" in response);
}

/** Whether nobody can be answered any more. Over HTTP/2 a response does not know that itself, only its stream does. */
export function isGone(response: HttpResponse): boolean {
  return isHttp1(response) ? response.destroyed : response.stream.destroyed;
}

/** Answers with JSON. */
export function sendJson(
  response: HttpResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  const all = { "content-type": "application/json", "content-length": bytes.length, ...headers };
  if (isHttp1(response)) response.writeHead(status, all).end(bytes);
  else response.writeHead(status, all).end(bytes);
}
