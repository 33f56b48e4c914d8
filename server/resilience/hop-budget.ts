import type { Delivery, Endpoint } from "../core/call.ts";
import type { EndpointRecords } from "../core/endpoint-records.ts";

/** What is kept for an endpoint of which nothing is known, in milliseconds. */
const usualMs = 10_000;

/** With less than this left nothing is begun, in milliseconds: the answer could not travel back. */
export const leastHopMs = 10;

/** What time there is, and for whom. */
export interface TimeLeft {
  /** Until the call's deadline, in milliseconds. */
  readonly leftMs: number;
  readonly delivery: Delivery;
  readonly records: EndpointRecords;
}

/** Whether an endpoint has a chance: even its fastest recent answer would be too late if not. */
export function canFinish(endpoint: Endpoint, { leftMs, delivery, records }: TimeLeft): boolean {
  const fastestMs = records.of(endpoint)?.firstEventMs(0, delivery) ?? 0;
  return leftMs >= Math.max(fastestMs, leastHopMs);
}

/**
 * How long an endpoint may take to begin to answer, in milliseconds, so that the others can still be asked; undefined
 * when there are none, or none whose circuit is closed. Each of them is kept what it needed lately, though never more
 * than an equal share; and the endpoint itself is never cut short of what it needed lately.
 */
export function hopBudgetMs(
  endpoint: Endpoint,
  others: readonly Endpoint[],
  { leftMs, delivery, records }: TimeLeft,
): number | undefined {
  const askable = others.filter((other) => records.of(other)?.circuit !== "open");
  if (askable.length === 0) return undefined;
  const shareMs = leftMs / (askable.length + 1);
  const slowestMs = (of: Endpoint) => records.of(of)?.firstEventMs(1, delivery);
  const keptMs = askable.reduce(
    (sum, other) => sum + Math.min(shareMs, slowestMs(other) ?? usualMs),
    0,
  );
  return Math.min(leftMs, Math.max(leftMs - keptMs, slowestMs(endpoint) ?? 0));
}
