import { cors } from "@connectrpc/connect";
import { type HttpExchange, headerOf, isHttp1 } from "./exchange.ts";

const allowedHeaders = [
  ...cors.allowedHeaders,
  "Authorization",
  "X-Request-Timeout-Ms",
  "Traceparent",
  "Idempotency-Key",
];
const exposedHeaders = [
  ...cors.exposedHeaders,
  "X-Request-Id",
  "Retry-After",
  "Idempotency-Replayed",
];

/** How long a browser may remember the answer, in seconds. */
const maxAgeSeconds = 7200;

/** Lets pages of the allowed origins call, and answers their preflight requests; true when the exchange is over. */
export function answerCors(
  { request, response }: HttpExchange,
  origins: readonly string[],
): boolean {
  const origin = headerOf(request, "origin");
  if (!origin || !(origins.includes(origin) || origins.includes("*"))) return false;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-expose-headers", exposedHeaders.join(", "));
  response.setHeader("vary", "Origin");
  if (request.method !== "OPTIONS") return false;
  const headers = {
    "access-control-allow-methods": [...cors.allowedMethods].join(", "),
    "access-control-allow-headers": allowedHeaders.join(", "),
    "access-control-max-age": String(maxAgeSeconds),
  };
  if (isHttp1(response)) response.writeHead(204, headers).end();
  else response.writeHead(204, headers).end();
  return true;
}
