import { type SettingsTable, wholeNumber } from "../setting.ts";

/** How long things may take, and what happens when they fail. */
export interface ResilienceSettings {
  readonly callTimeoutMs: number;
  readonly attemptTimeoutMs: number;
  readonly idleTimeoutMs: number;
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
    read: wholeNumber(1, 3_600_000),
  },
  idleTimeoutMs: {
    env: "AXONFLOW_IDLE_TIMEOUT_MS",
    yaml: "IdleTimeoutMs",
    summary: "How long a provider may be silent in the middle of a stream, in ms.",
    fallback: "60000",
    read: wholeNumber(1, 3_600_000),
  },
};
