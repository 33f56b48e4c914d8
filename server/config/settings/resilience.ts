import { flag, neverOr, type SettingsTable, wholeNumber } from "../setting.ts";

/** How long things may take, and what happens when they fail. */
export interface ResilienceSettings {
  readonly callTimeoutMs: number;
  readonly attemptTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** The first try included. */
  readonly triesPerEndpoint: number;
  readonly backoffBaseMs: number;
  readonly backoffLimitMs: number;
  readonly retryAfterLimitMs: number;
  /** 0: nothing is tried again at the same endpoint. */
  readonly retryBudgetPercent: number;
  /** 0: circuits never open. */
  readonly circuitFailures: number;
  readonly circuitOpenMs: number;
  readonly circuitOpenLimitMs: number;
  /** 0: no hedging. */
  readonly hedgePercentile: number;
  readonly hedgeBudgetPercent: number;
  readonly resume: boolean;
}

/** How each is named and read. */
export const resilienceSettingsTable: SettingsTable<ResilienceSettings> = {
  callTimeoutMs: {
    env: "AXONFLOW_CALL_TIMEOUT_MS",
    yaml: "CallTimeoutMs",
    summary: "The longest that a call may take, and what callers without a deadline get, in ms.",
    fallback: "600000",
    read: wholeNumber(1, 3_600_000),
  },
  attemptTimeoutMs: {
    env: "AXONFLOW_ATTEMPT_TIMEOUT_MS",
    yaml: "AttemptTimeoutMs",
    summary: "How long a provider may take to begin to answer (a unary answer: to finish), in ms.",
    fallback: "300000",
    isReloadable: true,
    read: wholeNumber(1, 3_600_000),
  },
  idleTimeoutMs: {
    env: "AXONFLOW_IDLE_TIMEOUT_MS",
    yaml: "IdleTimeoutMs",
    summary: "How long a provider may be silent in the middle of a stream, in ms.",
    fallback: "60000",
    isReloadable: true,
    read: wholeNumber(1, 3_600_000),
  },
  triesPerEndpoint: {
    env: "AXONFLOW_TRIES_PER_ENDPOINT",
    yaml: "TriesPerEndpoint",
    summary: "How often a call asks one endpoint whose error may pass by itself. 1 means no retry.",
    fallback: "2",
    isReloadable: true,
    read: wholeNumber(1, 10),
  },
  backoffBaseMs: {
    env: "AXONFLOW_BACKOFF_BASE_MS",
    yaml: "BackoffBaseMs",
    summary:
      "The longest wait before the first retry, in ms; twice as long before each further one.",
    fallback: "100",
    isReloadable: true,
    read: wholeNumber(0, 60_000),
  },
  backoffLimitMs: {
    env: "AXONFLOW_BACKOFF_LIMIT_MS",
    yaml: "BackoffLimitMs",
    summary: "The longest wait before any retry, in ms, beside what the provider asks for.",
    fallback: "2000",
    isReloadable: true,
    read: wholeNumber(0, 60_000),
  },
  retryAfterLimitMs: {
    env: "AXONFLOW_RETRY_AFTER_LIMIT_MS",
    yaml: "RetryAfterLimitMs",
    summary: "The longest Retry-After that is waited for, in ms; the caller is told a longer one.",
    fallback: "10000",
    isReloadable: true,
    read: wholeNumber(0, 600_000),
  },
  retryBudgetPercent: {
    env: "AXONFLOW_RETRY_BUDGET_PERCENT",
    yaml: "RetryBudgetPercent",
    summary: "Retries for every hundred calls that succeed. 0 means no retry.",
    fallback: "10",
    read: wholeNumber(0, 100),
  },
  circuitFailures: {
    env: "AXONFLOW_CIRCUIT_FAILURES",
    yaml: "CircuitFailures",
    summary: "So many failures in a row, and an endpoint is not asked for a while. 0 means never.",
    fallback: "10",
    isReloadable: true,
    read: wholeNumber(0, 1_000_000),
  },
  circuitOpenMs: {
    env: "AXONFLOW_CIRCUIT_OPEN_MS",
    yaml: "CircuitOpenMs",
    summary: "How long that is, in ms; twice as long each time a probe fails.",
    fallback: "5000",
    isReloadable: true,
    read: wholeNumber(1, 3_600_000),
  },
  circuitOpenLimitMs: {
    env: "AXONFLOW_CIRCUIT_OPEN_LIMIT_MS",
    yaml: "CircuitOpenLimitMs",
    summary: "The longest that it can become, in ms.",
    fallback: "60000",
    isReloadable: true,
    read: wholeNumber(1, 3_600_000),
  },
  hedgePercentile: {
    env: "AXONFLOW_HEDGE_PERCENTILE",
    yaml: "HedgePercentile",
    summary:
      "Asks a second endpoint when the first one is slower than this percentile of its own, such as 95. 0 means never.",
    fallback: "0",
    isReloadable: true,
    read: neverOr(wholeNumber(50, 99)),
  },
  hedgeBudgetPercent: {
    env: "AXONFLOW_HEDGE_BUDGET_PERCENT",
    yaml: "HedgeBudgetPercent",
    summary: "The most calls of a hundred that may ask a second endpoint so.",
    fallback: "5",
    isReloadable: true,
    read: wholeNumber(0, 100),
  },
  resume: {
    env: "AXONFLOW_RESUME",
    yaml: "Resume",
    summary:
      "Ask for the rest of an answer whose stream breaks, where the same model can go on with it.",
    fallback: "true",
    isReloadable: true,
    read: flag,
  },
};
