import type { ReplyHead } from "./exchange.ts";

/** Status and headers of a whole answer in JSON. */
export function wholeHead(bodyBytes: number, headers: ReplyHead["headers"] = {}): ReplyHead {
  return {
    status: 200,
    headers: { "Content-Type": "application/json", "Content-Length": bodyBytes, ...headers },
  };
}
