import type { Delivery, Endpoint } from "../core/call.ts";
import type { EndpointRecord, EndpointRecords } from "../core/endpoint-records.ts";

/** What the order of latency is made from. */
export interface LatencyOrderOptions {
  readonly records: EndpointRecords;
  readonly delivery: Delivery;
  /** From 0, inclusive, to 1. */
  readonly random: () => number;
}

/** One call in so many looks whether another endpoint has become the fastest; nobody else would ever find out. */
const callsPerLook = 50;

/** The endpoint with the shortest median time to its first event first. One that is not known yet gets a chance. */
export function byLatency(
  endpoints: readonly Endpoint[],
  options: LatencyOrderOptions,
): readonly Endpoint[] {
  const { records, delivery, random } = options;
  const sorted = endpoints
    .map((endpoint) => ({ endpoint, expectedMs: expectedMs(records.of(endpoint), delivery) }))
    .sort((a, b) => compare(a.expectedMs, b.expectedMs));
  const open = sorted.filter(({ expectedMs }) => expectedMs !== later);
  if (open.length > 1 && random() * callsPerLook < 1) {
    const looked = open[1 + Math.floor(random() * (open.length - 1))];
    if (looked) sorted.unshift(...sorted.splice(sorted.indexOf(looked), 1));
  }
  return sorted.map(({ endpoint }) => endpoint);
}

const soonest = -1;
const notNow = Number.MAX_VALUE;
const later = Number.POSITIVE_INFINITY;

/** Infinity minus itself is no number. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/**
 * An unknown endpoint is tried by one call at a time, and not any more once it fails more often than it answers. One
 * whose circuit is open comes last.
 */
function expectedMs(record: EndpointRecord | undefined, delivery: Delivery): number {
  if (!record) return soonest;
  if (record.circuit === "open") return later;
  const known = record.firstEventMs(0.5, delivery);
  if (known !== undefined) return known;
  return record.inFlight === 0 && record.failed <= record.answered ? soonest : notNow;
}
