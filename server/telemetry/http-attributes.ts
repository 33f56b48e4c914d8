import type { Attributes } from "@opentelemetry/api";
import type { Departure } from "../core/door-watch.ts";
import type { CallEnd } from "./call-end.ts";
import { serverErrors } from "./rpc-attributes.ts";
import { attributes } from "./semconv.ts";

/** What the HTTP conventions want from the start; `method` is the verb and the route. */
export function httpStart(method: string): Attributes {
  const [verb = "", route = ""] = method.split(" ");
  return {
    [attributes.httpMethod]: verb,
    [attributes.httpRoute]: route,
    [attributes.urlScheme]: "http",
  };
}

/** What a span has besides: the path, which here is always the route. */
export function httpSpanStart(started: Attributes): Attributes {
  return { ...started, [attributes.urlPath]: started[attributes.httpRoute] };
}

/** A stream that breaks has begun with 200: what it failed for is then told by the reason alone. */
export function httpEnd({ code, httpStatus, reason }: Departure): CallEnd {
  const isServers = httpStatus !== undefined && httpStatus >= 500;
  const isBroken = httpStatus === 200 && code !== undefined && serverErrors.has(code);
  const isError = isServers || isBroken;
  const type = isServers ? String(httpStatus) : (reason ?? "_OTHER");
  return {
    attributes: {
      ...(httpStatus !== undefined && { [attributes.httpStatusCode]: httpStatus }),
      ...(isError && { [attributes.errorType]: type }),
    },
    isError,
  };
}
