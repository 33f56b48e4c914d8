import type { Delivery } from "../core/call.ts";
import type { EndpointRecord } from "../core/endpoint-records.ts";

/** Half as much again as the slowest recent answer took: answers differ in length. */
const slack = 1.5;

/** Less is never called slow, in milliseconds. */
const leastPatienceMs = 1000;

/** What a probe gets at least, and while nothing is known of its endpoint, in milliseconds. */
const leastProbeMs = 10_000;
const usualProbeMs = 60_000;

/** How long an endpoint may need until its first event, by what it needed lately; undefined while that is not known. */
export function neededMs(
  record: EndpointRecord | undefined,
  delivery: Delivery,
): number | undefined {
  const slowestMs = record?.firstEventMs(1, delivery);
  return slowestMs === undefined ? undefined : slowestMs * slack;
}

/**
 * How long an endpoint has to be silent until that counts against it, in milliseconds: all of the attempt timeout while
 * nothing is known of it, because a caller in a hurry proves nothing.
 */
export function patienceMs(record: EndpointRecord, delivery: Delivery, timeoutMs: number): number {
  const enoughMs = Math.max(neededMs(record, delivery) ?? timeoutMs, leastPatienceMs);
  return Math.min(enoughMs, timeoutMs);
}

/** How long a probe waits, in milliseconds: everybody else waits for it, but an endpoint that comes back may be slow. */
export function probeTimeoutMs(
  record: EndpointRecord,
  delivery: Delivery,
  timeoutMs: number,
): number {
  const enoughMs = Math.max(neededMs(record, delivery) ?? usualProbeMs, leastProbeMs);
  return Math.min(enoughMs, timeoutMs);
}
