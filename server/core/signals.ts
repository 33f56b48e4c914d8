import { GatewayError } from "./error.ts";

/** An abort that follows its parent and can also come by itself. `release` ends the following; call it always. */
export interface LinkedAbort {
  readonly signal: AbortSignal;
  abort(reason: GatewayError): void;
  release(): void;
}

/** Begins one. Cheaper than `AbortSignal.any`, which holds on to its result until the parent is collected. */
export function linkAbort(parent: AbortSignal): LinkedAbort {
  const controller = new AbortController();
  const follow = () => controller.abort(abortError(parent));
  if (parent.aborted) follow();
  else parent.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release: () => parent.removeEventListener("abort", follow),
  };
}

/** Why a signal aborted, as a typed error. A reason from outside means that the caller went away. */
export function abortError(signal: AbortSignal): GatewayError {
  return signal.reason instanceof GatewayError ? signal.reason : GatewayError.cancelled();
}

/**
 * Settles as the promise does, or rejects with the signal's error as soon as it aborts, even if the promise never
 * settles. The caller looks after what a late promise may still bring.
 */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(abortError(signal));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
