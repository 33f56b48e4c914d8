/** How long to wait before another try. */
export interface BackoffOptions {
  /** The most before the first retry, in milliseconds; twice as much before each further one. */
  readonly baseMs: number;
  /** The most before any. */
  readonly limitMs: number;
  /** The longest wait that a provider may ask for and get; after a longer one the caller is told instead. */
  readonly retryAfterLimitMs: number;
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number;
}

/**
 * Exponential backoff with full jitter (AWS Architecture Blog: Exponential Backoff And Jitter): anything from nothing to
 * the limit, so that those who failed together do not come back together. What the provider asks for is added to, never
 * cut short. Undefined: it asks for too much.
 */
export function backoffMs(
  retry: number,
  retryAfterMs: number | undefined,
  { baseMs, limitMs, retryAfterLimitMs, random }: BackoffOptions,
): number | undefined {
  const leastMs = retryAfterMs ?? 0;
  if (leastMs > retryAfterLimitMs) return undefined;
  return leastMs + random() * Math.min(limitMs, baseMs * 2 ** (retry - 1));
}
