import type { Delivery, Endpoint } from "../core/call.ts";
import type { EndpointRecords } from "../core/endpoint-records.ts";
import { neededMs } from "./needed-time.ts";

/** What is kept for an endpoint of which nothing is known, in milliseconds. */
const usuallyKeptMs = 5000;

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
 * when there are none, or none whose circuit is not open. Each other is kept what it may need, though at most half of
 * what the one that is asked now gets; and that one is never cut short of what it may need itself: two half answers are
 * worth less than one.
 */
export function hopBudgetMs(
  endpoint: Endpoint,
  others: readonly Endpoint[],
  { leftMs, delivery, records }: TimeLeft,
): number | undefined {
  const known = others.map((other) => records.of(other));
  const askable = known.filter((record) => record?.circuit !== "open");
  if (askable.length === 0) return undefined;
  const mostKeptMs = leftMs / (askable.length + 2);
  const keptMs = askable.reduce(
    (sum, record) => sum + Math.min(mostKeptMs, neededMs(record, delivery) ?? usuallyKeptMs),
    0,
  );
  const ownMs = neededMs(records.of(endpoint), delivery) ?? 0;
  return Math.min(leftMs, Math.max(leftMs - keptMs, ownMs));
}
