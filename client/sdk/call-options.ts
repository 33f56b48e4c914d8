/** What one call may ask for besides its request. */
export interface CallOptions {
  /** The deadline of the whole call, in milliseconds from now; the gateway is told. Default: the gateway's own limit. */
  readonly timeoutMs?: number | undefined;
  /** Aborting it cancels the call, up to the provider; the call ends with the code Canceled. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Repeats of this request with the same key join the first one or get its answer again, and are not billed; 1 to 255
   * printable ASCII characters. An answer that was joined or repeated has `replayOf` set.
   */
  readonly idempotencyKey?: string | undefined;
  /** Further request headers. An `authorization` among them gives way to the licence key. */
  readonly headers?: HeadersInit | undefined;
}

/** gRPC writes a timeout with at most eight digits (PROTOCOL-HTTP2.md, TimeoutValue); this is 27 hours. */
const longestTimeoutMs = 99_999_999;

/** Throws a RangeError for a deadline that could not be sent or would silently mean none. */
export function checkTimeout(timeoutMs: number | undefined): void {
  if (timeoutMs === undefined) return;
  if (Number.isInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs <= longestTimeoutMs) return;
  throw new RangeError(`timeoutMs must be a whole number from 1 to ${longestTimeoutMs}.`);
}

/** The headers of one call. */
export function callHeaders(
  { headers, idempotencyKey }: Pick<CallOptions, "headers" | "idempotencyKey">,
  licenseKey: string | undefined,
): Headers {
  const all = new Headers(headers);
  if (idempotencyKey !== undefined) all.set("idempotency-key", idempotencyKey);
  if (licenseKey !== undefined) all.set("authorization", `Bearer ${licenseKey}`);
  return all;
}
