import type { Clock } from "../../../core/clock.ts";
import { namedError } from "./collect-within.ts";

/** How long something may take, and what else ends it. */
export interface TimeLimit {
  readonly clock: Clock;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/**
 * Runs something that takes a signal. Rejects with a `TimeoutError` when the limit passes and with an `AbortError` when
 * the outer signal aborts, even if what was run never settles.
 */
export async function withinTime<T>(
  { clock, limitMs, signal }: TimeLimit,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const ended = Promise.withResolvers<never>();
  const end = (name: string) => () => {
    const error = namedError(name);
    own.abort(error);
    ended.reject(error);
  };
  const abort = end("AbortError");
  const disarm = clock.after(limitMs, end("TimeoutError"));
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([run(own.signal), ended.promise]);
  } finally {
    disarm();
    signal.removeEventListener("abort", abort);
  }
}
