import type { Delivery } from "../core/call.ts";
import type { EndpointRecord } from "../core/endpoint-records.ts";

/** Half as much again as the slowest recent answer took: answers differ in length. */
const slack = 1.5;

/** What an endpoint gets of which nothing is known, in milliseconds, before its silence is held against it. */
const usualPatienceMs = 10_000;

/** Less is never called slow, in milliseconds. */
const leastPatienceMs = 1000;

/** How long an endpoint may need until its first event, by what it needed lately; undefined while that is not known. */
export function neededMs(record: EndpointRecord | undefined, delivery: Delivery) {
  const slowestMs = record?.firstEventMs(1, delivery);
  return slowestMs === undefined ? undefined : slowestMs * slack;
}

/**
 * How long one has to wait for an endpoint before its silence proves something, in milliseconds. A caller in a hurry
 * proves nothing.
 */
export function patienceMs(record: EndpointRecord, delivery: Delivery): number {
  return Math.max(neededMs(record, delivery) ?? usualPatienceMs, leastPatienceMs);
}
