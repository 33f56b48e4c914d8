import { type Hop, HopOutcome, HopReason } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Attempt, Endpoint, RoutedCall } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { EndpointRecords } from "../core/endpoint-records.ts";
import { GatewayError } from "../core/error.ts";
import { canFinish, hopBudgetMs, leastHopMs, type TimeLeft } from "./hop-budget.ts";
import { hopOf } from "./hop-record.ts";

/** One pass over a route: who is next, and what came of those before. */
export interface RoutePass {
  /** What failed or was skipped so far, in order. */
  readonly hops: readonly Hop[];
  /** Whether an endpoint has not been asked yet. */
  readonly hasNext: boolean;
  /** Whether the deadline was so near that an endpoint could not be asked at all. */
  readonly hasRunOut: boolean;
  /**
   * The attempt at the next endpoint that can finish in the time that is left; undefined when there is none. Endpoints
   * that cannot become skipped hops. `underWay` attempts are running whose hops are not written yet.
   */
  next(reason: HopReason, underWay?: number): Attempt | undefined;
  note(hops: readonly Hop[]): void;
}

/** Begins at the route's first endpoint. */
export function beginPass(
  call: RoutedCall,
  { clock, records }: { clock: Clock; records: EndpointRecords },
): RoutePass {
  const waiting = [...call.route.endpoints];
  const hops: Hop[] = [];
  let hasRunOut = false;

  const attemptAt = (endpoint: Endpoint, reason: HopReason, number: number, time: TimeLeft) => {
    const budgetMs = hopBudgetMs(endpoint, waiting, time);
    if (budgetMs === undefined) return { ...call, endpoint, reason, number };
    const firstEventByMs = call.deadlineMs - time.leftMs + budgetMs;
    return { ...call, endpoint, reason, number, firstEventByMs };
  };
  /** While nobody was asked, the last hope is not given up for what records say. */
  const isHopeless = (endpoint: Endpoint, hasAsked: boolean, time: TimeLeft) => {
    if (canFinish(endpoint, time)) return false;
    return hasAsked || waiting.some((other) => canFinish(other, time));
  };
  return {
    hops,
    get hasNext() {
      return waiting.length > 0;
    },
    get hasRunOut() {
      return hasRunOut;
    },
    next(reason, underWay = 0) {
      for (let endpoint = waiting.shift(); endpoint; endpoint = waiting.shift()) {
        const nowMs = clock.now();
        const made = hops.length + underWay;
        const number = (call.continued?.attempts ?? 0) + made + 1;
        // A route of one endpoint has nothing to share and nobody to prefer.
        if (made === 0 && waiting.length === 0) return { ...call, endpoint, reason, number };
        const { delivery, deadlineMs } = call;
        const time = { leftMs: deadlineMs - nowMs, delivery, records };
        const hasAsked = underWay > 0 || hops.some(({ outcome }) => outcome !== HopOutcome.SKIPPED);
        if (!isHopeless(endpoint, hasAsked, time)) {
          return attemptAt(endpoint, reason, number, time);
        }
        hasRunOut ||= time.leftMs < leastHopMs;
        hops.push(skipped({ ...call, endpoint, reason, number }, nowMs));
      }
      return undefined;
    },
    note: (made) => void hops.push(...made),
  };
}

/** There is not enough time for it. */
function skipped(attempt: Attempt, nowMs: number): Hop {
  const error = GatewayError.deadlineExceeded();
  const times = { startMs: nowMs, endMs: nowMs };
  return hopOf(attempt, times, { error, outcome: HopOutcome.SKIPPED });
}

/** Why the first attempt of a pass is made. */
export function firstReason({ continued }: RoutedCall): HopReason {
  return continued ? HopReason.RESUME : HopReason.FIRST;
}

/** Why an attempt is made after these. */
export function reasonAfter(hops: readonly Hop[]): HopReason {
  return hops.length === 0 ? HopReason.FIRST : HopReason.FAILOVER;
}
