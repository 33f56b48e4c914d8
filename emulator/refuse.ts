import { randomUUID } from "node:crypto";
import type { Refusal } from "./api.ts";
import type { Exchange } from "./exchange.ts";

/** Refuses a request that never became a call. */
export async function refuse(
  exchange: Exchange,
  { status, headers, body }: Refusal,
  requestIdHeader = "x-amzn-RequestId",
): Promise<void> {
  try {
    exchange.start({ status, headers: { ...headers, [requestIdHeader]: randomUUID() } });
    await exchange.write(body);
    await exchange.end();
  } catch {
    exchange.reset();
  }
}
