import { type Hop, HopReason } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { EndpointRecords } from "../core/endpoint-records.ts";
import { GatewayError } from "../core/error.ts";
import type { Layer } from "../core/layer.ts";
import type { RetryBudget } from "../core/retry-budget.ts";
import { abortError } from "../core/signals.ts";
import { type BackoffOptions, backoffMs } from "./backoff.ts";

/** When an endpoint is asked again. */
export interface RetryOptions {
  readonly clock: Clock;
  /** How often one endpoint is asked in one pass over the route, the first try included. */
  readonly tries: number;
  readonly backoff: BackoffOptions;
  readonly budget: RetryBudget;
  /** An endpoint whose circuit has opened is not waited for. */
  readonly records: EndpointRecords;
}

/**
 * Asks the same endpoint again when its error may pass by itself. While another endpoint is left to ask, one that
 * throttles is not waited for: the other has room now.
 */
export function retry(options: RetryOptions): Layer<Attempt> {
  const { clock, tries, budget } = options;
  return {
    name: "retry",
    wrap: (next) => async (attempt) => {
      let hops: readonly Hop[] = [];
      let failure: GatewayError | undefined;
      let tried = attempt;
      for (let number = 1; ; number++) {
        try {
          const reply = await next(tried);
          budget.deposit();
          return hops.length === 0 ? reply : { ...reply, hops: [...hops, ...reply.hops] };
        } catch (thrown) {
          const error = GatewayError.from(thrown);
          hops = [...hops, ...error.hops];
          // A circuit that opened meanwhile does not say why.
          if (error.reason !== ErrorReason.CIRCUIT_OPEN) failure = error;
          const waitMs = number < tries ? waitBefore(attempt, error, number, options) : undefined;
          if (waitMs === undefined || !budget.withdraw()) {
            throw (failure ?? error).with({ hops });
          }
          await pause(clock, waitMs, attempt.signal, hops);
          tried = { ...attempt, number: attempt.number + hops.length, reason: HopReason.RETRY };
        }
      }
    },
  };
}

/** How long to wait before the next try; undefined where there should be none. */
function waitBefore(
  attempt: Attempt,
  error: GatewayError,
  number: number,
  { clock, backoff, records }: RetryOptions,
): number | undefined {
  const { firstEventByMs, endpoint, signal } = attempt;
  if (error.retry !== "same-endpoint" || signal.aborted) return undefined;
  if (records.of(endpoint)?.circuit === "open") return undefined;
  const hasOthers = firstEventByMs !== undefined;
  if (hasOthers && error.reason === ErrorReason.PROVIDER_THROTTLED) return undefined;
  const waitMs = backoffMs(number, error.retryAfterMs, backoff);
  const isInTime = clock.now() + (waitMs ?? 0) < (firstEventByMs ?? attempt.deadlineMs);
  return isInTime ? waitMs : undefined;
}

/** Ends early, with the reason, when nobody waits for the answer any more. */
function pause(
  clock: Clock,
  waitMs: number,
  signal: AbortSignal,
  hops: readonly Hop[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      disarm();
      reject(abortError(signal).with({ hops }));
    };
    const disarm = clock.after(waitMs, () => {
      signal.removeEventListener("abort", abort);
      resolve();
    });
    signal.addEventListener("abort", abort, { once: true });
  });
}
