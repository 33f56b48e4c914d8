import { Code } from "@connectrpc/connect";
import type { Attributes } from "@opentelemetry/api";
import type { Arrival, Departure } from "../core/door-watch.ts";
import type { CallEnd } from "./call-end.ts";
import { attributes } from "./semconv.ts";

/** What the RPC conventions want from the start. */
export function rpcStart({ protocol, method }: Arrival): Attributes {
  return {
    [attributes.rpcSystem]: protocol === "connect" ? "connectrpc" : "grpc",
    [attributes.rpcMethod]: method,
  };
}

/** gRPC has a status for success, too; Connect only has error codes, and writes them in small letters. */
export function rpcEnd({ protocol }: Arrival, { code }: Departure): CallEnd {
  const isConnect = protocol === "connect";
  if (code === undefined) {
    return { attributes: isConnect ? {} : { [attributes.rpcStatusCode]: "OK" }, isError: false };
  }
  const name = isConnect ? snakeCase(code) : grpcName(code);
  const isError = serverErrors.has(code);
  return {
    attributes: {
      [attributes.rpcStatusCode]: name,
      ...(isError && { [attributes.errorType]: name }),
    },
    isError,
  };
}

/** The codes that are a server's own errors (semconv: gRPC, Connect). */
export const serverErrors: ReadonlySet<Code> = new Set([
  Code.Unknown,
  Code.DeadlineExceeded,
  Code.Unimplemented,
  Code.Internal,
  Code.Unavailable,
  Code.DataLoss,
]);

function snakeCase(code: Code): string {
  return (Code[code] ?? "Unknown").replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase();
}

/** gRPC spells the one word differently. */
function grpcName(code: Code): string {
  return code === Code.Canceled ? "CANCELLED" : snakeCase(code).toUpperCase();
}
