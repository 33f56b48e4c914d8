import type { Delivery } from "../core/call.ts";
import type { EndpointRecord } from "../core/endpoint-records.ts";

/** What an endpoint of which nothing is known gets, in milliseconds. */
const usualMs = 10_000;

/** Less is never called slow, in milliseconds. */
const leastMs = 1000;

/**
 * How long one has to wait for an endpoint's first event before silence proves something, in milliseconds: twice as long
 * as its slowest recent answer took. A caller in a hurry proves nothing.
 */
export function patienceMs(record: EndpointRecord, delivery: Delivery): number {
  const slowestMs = record.firstEventMs(1, delivery);
  return slowestMs === undefined ? usualMs : Math.max(2 * slowestMs, leastMs);
}
