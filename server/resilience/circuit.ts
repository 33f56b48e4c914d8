import type { CircuitState } from "../core/endpoint-records.ts";

/** When a circuit opens, and for how long. */
export interface CircuitOptions {
  /** So many failures in a row open it; 0 means that it never opens. */
  readonly failures: number;
  /** How long it stays open, in milliseconds; twice as long after each probe that fails, up to the limit. */
  readonly openMs: number;
  readonly openLimitMs: number;
}

/** How an attempt came past a circuit: as one of many, as the only one that tries a broken endpoint, or not at all. */
export type Admission = "pass" | "probe" | "refused";

/**
 * Stops asking an endpoint that is broken. Only what happens to attempts that the circuit let in while it was closed,
 * or to its one probe, changes it: stragglers from before it opened neither close it nor keep it open.
 */
export class Circuit {
  #failures = 0;
  #openForMs = 0;
  /** Absent while it is closed. */
  #probeAtMs: number | undefined;
  #isProbing = false;

  /** Half-open from the moment on when a probe may be made, until the probe is over. */
  state(nowMs: number): CircuitState {
    if (this.#probeAtMs === undefined) return "closed";
    return nowMs < this.#probeAtMs ? "open" : "half-open";
  }

  /** When a probe may be made, in milliseconds of `Clock.now`; undefined while it is closed. */
  get probeAtMs(): number | undefined {
    return this.#probeAtMs;
  }

  /** Whoever is let in says later what came of it, by exactly one of the three methods below. */
  admit(nowMs: number): Admission {
    if (this.#probeAtMs === undefined) return "pass";
    if (this.#isProbing || nowMs < this.#probeAtMs) return "refused";
    this.#isProbing = true;
    return "probe";
  }

  succeed(admission: Admission): void {
    if (admission === "probe") this.#close();
    else if (this.#probeAtMs === undefined) this.#failures = 0;
  }

  fail(admission: Admission, nowMs: number, options: CircuitOptions): void {
    if (admission === "probe") {
      this.#open(nowMs, Math.min(this.#openForMs * 2, options.openLimitMs));
    } else if (this.#probeAtMs === undefined && ++this.#failures === options.failures) {
      this.#open(nowMs, options.openMs);
    }
  }

  /** It ended in a way that says nothing about the endpoint: the next attempt may be the probe. */
  leave(admission: Admission): void {
    if (admission === "probe") this.#isProbing = false;
  }

  #open(nowMs: number, forMs: number): void {
    this.#isProbing = false;
    this.#openForMs = forMs;
    this.#probeAtMs = nowMs + forMs;
  }

  #close(): void {
    this.#isProbing = false;
    this.#failures = 0;
    this.#probeAtMs = undefined;
  }
}
