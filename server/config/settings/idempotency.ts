import { type SettingsTable, wholeNumber } from "../setting.ts";

/** What is kept of calls that carry an `idempotency-key`. */
export interface IdempotencySettings {
  readonly idempotencyTtlMs: number;
  readonly idempotencyMaxBytes: number;
}

/** How each is named and read. */
export const idempotencySettingsTable: SettingsTable<IdempotencySettings> = {
  idempotencyTtlMs: {
    env: "AXONFLOW_IDEMPOTENCY_TTL_MS",
    yaml: "IdempotencyTtlMs",
    summary: "How long the answer to a call with an idempotency-key is kept to be repeated, in ms.",
    fallback: "600000",
    read: wholeNumber(1000, 86_400_000),
  },
  idempotencyMaxBytes: {
    env: "AXONFLOW_IDEMPOTENCY_MAX_BYTES",
    yaml: "IdempotencyMaxBytes",
    summary: "The most memory that such answers may take; the oldest go first. In bytes.",
    fallback: String(64 * 1024 * 1024),
    read: wholeNumber(1024 * 1024, 16 * 1024 * 1024 * 1024),
  },
};
