import { randomUUID } from "node:crypto";
import { BedrockException } from "./bedrock-exception.ts";
import type { Exchange } from "./exchange.ts";

/** Refuses a request that never became a call; anything but a BedrockException is our own failure. */
export async function refuse(exchange: Exchange, error: unknown): Promise<void> {
  const isRefusal = error instanceof BedrockException;
  const exception = isRefusal ? error : new BedrockException("InternalFailure");
  const { status, headers } = exception.head;
  try {
    exchange.start({ status, headers: { ...headers, "x-amzn-RequestId": randomUUID() } });
    await exchange.write(exception.body);
    await exchange.end();
  } catch {
    exchange.reset();
  }
}
