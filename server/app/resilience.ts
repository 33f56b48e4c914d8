import type { Settings } from "../config/settings.ts";
import type { Attempt, RoutedCall } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { Layer } from "../core/layer.ts";
import type { RetryBudget } from "../core/retry-budget.ts";
import { attemptTimeout } from "../resilience/attempt-timeout.ts";
import { circuitBreaker } from "../resilience/circuit-breaker.ts";
import { createEndpointRecords, type WrittenRecords } from "../resilience/endpoint-records.ts";
import { failover, type HedgingOptions } from "../resilience/failover.ts";
import { hop } from "../resilience/hop.ts";
import { resume } from "../resilience/resume.ts";
import { retry } from "../resilience/retry.ts";
import { createRetryBudget } from "../resilience/retry-budget.ts";

/** What is remembered of endpoints and retries; it outlives the pipeline that a reload replaces. */
export interface Memory {
  readonly records: WrittenRecords;
  readonly retryBudget: RetryBudget;
}

/** The layers between the router and the providers. */
export interface ResilienceLayers {
  readonly resume: Layer<RoutedCall>;
  readonly failover: Layer<RoutedCall, Attempt>;
  readonly retry: Layer<Attempt>;
  readonly hop: Layer<Attempt>;
  readonly circuitBreaker: Layer<Attempt>;
  readonly attemptTimeout: Layer<Attempt>;
}

/** Retries that a gateway without traffic can make. */
const retryFloor = 10;

/** Begins with nothing. */
export function createMemory({ retryBudgetPercent }: Settings, clock: Clock): Memory {
  return {
    records: createEndpointRecords({ clock }),
    retryBudget: createRetryBudget({ clock, sharePercent: retryBudgetPercent, floor: retryFloor }),
  };
}

/** Makes the layers over a memory: a new one, or that of the pipeline before. */
export function createResilience(
  settings: Settings,
  clock: Clock,
  memory = createMemory(settings, clock),
): { readonly memory: Memory; readonly layers: ResilienceLayers } {
  const { records, retryBudget } = memory;
  const layers: ResilienceLayers = {
    resume: resume({ isOn: settings.resume }),
    failover: failover({ clock, records, hedging: hedging(settings, clock) }),
    retry: retry({
      clock,
      tries: settings.triesPerEndpoint,
      backoff: backoffOf(settings),
      budget: retryBudget,
      records,
    }),
    hop: hop({ clock }),
    circuitBreaker: breaker(settings, clock, records),
    attemptTimeout: attemptTimeout({
      clock,
      firstEventTimeoutMs: settings.attemptTimeoutMs,
      idleTimeoutMs: settings.idleTimeoutMs,
    }),
  };
  return { memory, layers };
}

function backoffOf({ backoffBaseMs, backoffLimitMs, retryAfterLimitMs }: Settings) {
  return {
    baseMs: backoffBaseMs,
    limitMs: backoffLimitMs,
    retryAfterLimitMs,
    random: Math.random,
  };
}

function breaker(settings: Settings, clock: Clock, records: WrittenRecords): Layer<Attempt> {
  return circuitBreaker({
    clock,
    records,
    circuit: {
      failures: settings.circuitFailures,
      openMs: settings.circuitOpenMs,
      openLimitMs: Math.max(settings.circuitOpenLimitMs, settings.circuitOpenMs),
    },
    firstEventTimeoutMs: settings.attemptTimeoutMs,
  });
}

/** No floor: a share of no traffic is nothing. */
function hedging(settings: Settings, clock: Clock): HedgingOptions | undefined {
  const { hedgePercentile, hedgeBudgetPercent: sharePercent } = settings;
  if (hedgePercentile === 0) return undefined;
  const budget = createRetryBudget({ clock, sharePercent, floor: 0 });
  return { share: hedgePercentile / 100, budget };
}
