import { setTimeout as sleep } from "node:timers/promises";
import { isJsonObject } from "./json.ts";

/** How fast answers come; without a member there is no delay, no rate limit and no pause. */
export interface Pacing {
  readonly firstTokenDelayMs?: number;
  readonly tokensPerSecond?: number;
  /** Every answer pauses after so many tokens until it is released. */
  readonly pauseAfterTokens?: number;
}

/** AWS advises read timeouts of up to an hour; nothing here waits longer. */
const longestDelayMs = 3_600_000;

/** Reads pacing from JSON or from numbers of a command line; throws an Error that names the mistake. */
export function parsePacing(value: unknown): Pacing {
  const names = ["firstTokenDelayMs", "tokensPerSecond", "pauseAfterTokens"];
  if (!isJsonObject(value)) throw new Error("Pacing is not an object");
  for (const [name, number] of Object.entries(value)) {
    if (!names.includes(name)) {
      throw new Error(`Unknown pacing member "${name}"; allowed are ${names.join(", ")}`);
    }
    checkNumber(name, number);
  }
  return value;
}

function checkNumber(name: string, value: unknown): void {
  const limit = name === "firstTokenDelayMs" ? longestDelayMs : 1_000_000;
  const isFine = typeof value === "number" && value >= 0 && value <= limit;
  const isPositive = name !== "tokensPerSecond" || value !== 0;
  const isWhole = name !== "pauseAfterTokens" || Number.isInteger(value);
  if (!isFine || !isPositive || !isWhole) {
    throw new Error(`${name} is not a number from 0 to ${limit}: ${JSON.stringify(value)}`);
  }
}

/** Waits before tokens; every wait ends early, with the signal's reason, when the signal aborts. */
export interface Pacer {
  beforeFirstToken(): Promise<void>;
  /** Waits until the given number of tokens is due; measured from the first token, so it cannot drift. */
  beforeToken(number: number): Promise<void>;
}

/** Creates the pacer of one call. */
export function createPacer(pacing: Pacing, signal: AbortSignal): Pacer {
  const { firstTokenDelayMs = 0, tokensPerSecond } = pacing;
  let firstTokenAtMs: number | undefined;
  return {
    beforeFirstToken: () => wait(firstTokenDelayMs, signal),
    async beforeToken(number) {
      if (tokensPerSecond === undefined) return;
      firstTokenAtMs ??= performance.now();
      const dueAtMs = firstTokenAtMs + (number * 1_000) / tokensPerSecond;
      await wait(dueAtMs - performance.now(), signal);
    },
  };
}

async function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (delayMs > 0) await sleep(delayMs, undefined, { signal });
}
