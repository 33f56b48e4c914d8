import type { Endpoint } from "./call.ts";

/** Whether an endpoint is asked: closed means yes, open means not for a while, half-open means that one call tries it. */
export type CircuitState = "closed" | "open" | "half-open";

/** What the gateway has seen of one endpoint since it started. */
export interface EndpointRecord {
  readonly endpoint: Endpoint;
  readonly circuit: CircuitState;
  /** When an open circuit lets a call try again, in milliseconds of `Clock.now`; absent when it is not open. */
  readonly probeAtMs: number | undefined;
  /** Attempts that are under way, their streams included. */
  readonly inFlight: number;
  /** Attempts whose first event came, and attempts that failed before it, cancelled ones in neither. */
  readonly answered: number;
  readonly failed: number;
  /**
   * The time from an attempt's start to its first event, in milliseconds, that this share of the recent attempts stayed
   * below (0.5 is the median), by delivery: a unary answer is its own first event. Undefined until there are a few.
   */
  firstEventMs(share: number, delivery: "unary" | "stream"): number | undefined;
}

/** The records of all endpoints that were ever asked. */
export interface EndpointRecords {
  /** Undefined for an endpoint that was never asked. */
  of(endpoint: Endpoint): EndpointRecord | undefined;
  all(): readonly EndpointRecord[];
}
