import type { Counter, Histogram, Meter } from "@opentelemetry/api";
import { type OpenCalls, observeOpenCalls } from "./open-calls.ts";
import { buckets, type GenAiNames, metricNames, ownMetricNames } from "./semconv.ts";
import { createTokenMetrics, type TokenMetrics } from "./token-metrics.ts";

/** Everything that is counted and measured while calls pass. What is merely looked at is in `observe-state.ts`. */
export interface Instruments {
  /** Of attempts, in seconds. */
  readonly duration: Histogram;
  readonly timeToFirstChunk: Histogram;
  readonly timePerOutputChunk: Histogram;
  readonly tokens: TokenMetrics;
  /** Of calls at the doors, in seconds. */
  readonly rpcDuration: Histogram;
  readonly httpDuration: Histogram;
  readonly attempts: Counter;
  readonly failovers: Counter;
  readonly costNanoUsd: Counter;
  readonly redactions: Counter;
  readonly openCalls: OpenCalls;
}

/** Creates them. Nothing is written anywhere until something was measured. */
export function createInstruments(meter: Meter, names: GenAiNames): Instruments {
  const seconds = (name: string, description: string, boundaries: readonly number[]) =>
    meter.createHistogram(name, {
      description,
      unit: "s",
      advice: { explicitBucketBoundaries: [...boundaries] },
    });
  const { genAiSeconds, serverSeconds } = buckets;
  return {
    duration: seconds(names.duration, "Duration of an attempt at a model.", genAiSeconds),
    timeToFirstChunk: seconds(
      names.timeToFirstChunk,
      "From a streamed attempt's start to its first chunk.",
      genAiSeconds,
    ),
    timePerOutputChunk: seconds(
      names.timePerOutputChunk,
      "Between two chunks of a streamed attempt.",
      genAiSeconds,
    ),
    tokens: createTokenMetrics(meter, names),
    rpcDuration: seconds(
      metricNames.rpcServerDuration,
      "Duration of an incoming remote procedure call.",
      serverSeconds,
    ),
    httpDuration: seconds(
      metricNames.httpServerDuration,
      "Duration of an incoming HTTP request.",
      serverSeconds,
    ),
    attempts: meter.createCounter(ownMetricNames.attempts, {
      description: "Attempts that ended, by endpoint, reason and outcome.",
      unit: "{attempt}",
    }),
    failovers: meter.createCounter(ownMetricNames.failovers, {
      description:
        "Attempts that were made because another endpoint failed, by the one that took over.",
      unit: "{attempt}",
    }),
    costNanoUsd: meter.createCounter(ownMetricNames.costNanoUsd, {
      description: "What the tokens of all attempts cost, in billionths of a US dollar.",
      unit: "{nano_usd}",
    }),
    redactions: meter.createCounter(ownMetricNames.redactions, {
      description: "Personal data that policies found, by entity, direction and action.",
      unit: "{finding}",
    }),
    openCalls: observeOpenCalls(meter),
  };
}
