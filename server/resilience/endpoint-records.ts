import { type Delivery, type Endpoint, endpointName } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { CircuitState, EndpointRecord, EndpointRecords } from "../core/endpoint-records.ts";
import { Circuit } from "./circuit.ts";
import { RecentTimes } from "./recent-times.ts";

/** How many endpoints are remembered if nothing else is said: names come partly from callers. */
const usualLimit = 1024;

export interface EndpointRecordsOptions {
  readonly clock: Clock;
  readonly limit?: number;
}

/** What the breaker writes, and everybody else reads. Outlives the pipeline, so that a reload forgets nothing. */
export interface WrittenRecords extends EndpointRecords {
  /** The record of an endpoint, a new one if it was never asked or has been forgotten. */
  at(endpoint: Endpoint): WrittenRecord;
}

/** The record of one endpoint. */
export interface WrittenRecord extends EndpointRecord {
  readonly breaker: Circuit;
  /** An attempt begins. */
  begin(): void;
  /** Its first event came after so many milliseconds. */
  answer(delivery: Delivery, firstEventMs: number): void;
  /** It failed before its first event. */
  fail(): void;
  /** It is over, its stream included. */
  end(): void;
}

/** Begins with nothing. When it is full, the endpoint that nobody has asked for longest is forgotten. */
export function createEndpointRecords(options: EndpointRecordsOptions): WrittenRecords {
  const { clock, limit = usualLimit } = options;
  const records = new Map<string, Entry>();
  return {
    of: (endpoint) => records.get(endpointName(endpoint)),
    all: () => [...records.values()],
    at(endpoint) {
      const name = endpointName(endpoint);
      const known = records.get(name);
      if (known) return known;
      if (records.size >= limit) forgetOldest(records);
      const entry = new Entry(endpoint, clock);
      records.set(name, entry);
      return entry;
    },
  };
}

/** Those that are being asked stay, unless all of them are. */
function forgetOldest(records: Map<string, Entry>): void {
  const idle = [...records].filter(([, { inFlight }]) => inFlight === 0);
  const candidates = idle.length > 0 ? idle : [...records];
  const [oldest] = candidates.sort(([, a], [, b]) => a.askedMs - b.askedMs);
  if (oldest) records.delete(oldest[0]);
}

class Entry implements WrittenRecord {
  readonly endpoint: Endpoint;
  readonly breaker = new Circuit();
  readonly #clock: Clock;
  readonly #times = { unary: new RecentTimes(), stream: new RecentTimes() };
  askedMs: number;
  inFlight = 0;
  answered = 0;
  failed = 0;

  constructor(endpoint: Endpoint, clock: Clock) {
    this.endpoint = endpoint;
    this.#clock = clock;
    this.askedMs = clock.now();
  }

  get circuit(): CircuitState {
    return this.breaker.state(this.#clock.now());
  }

  get probeAtMs(): number | undefined {
    return this.circuit === "open" ? this.breaker.probeAtMs : undefined;
  }

  firstEventMs(share: number, delivery: Delivery): number | undefined {
    return this.#times[delivery].at(share, this.#clock.now());
  }

  begin(): void {
    this.askedMs = this.#clock.now();
    this.inFlight++;
  }

  answer(delivery: Delivery, firstEventMs: number): void {
    this.answered++;
    this.#times[delivery].add(firstEventMs, this.#clock.now());
  }

  fail(): void {
    this.failed++;
  }

  end(): void {
    this.inFlight--;
  }
}
