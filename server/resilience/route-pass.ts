import { type Hop, HopOutcome, HopReason } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Attempt, Endpoint, RoutedCall } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { EndpointRecords } from "../core/endpoint-records.ts";
import { GatewayError } from "../core/error.ts";
import { canFinish, hopBudgetMs, leastHopMs, type TimeLeft } from "./hop-budget.ts";
import { hopOf } from "./hop-record.ts";

export interface RoutePassOptions {
  readonly clock: Clock;
  readonly records: EndpointRecords;
}

/** One pass over a route, from its first endpoint on: who is next, and what came of those before. */
export class RoutePass {
  readonly #call: RoutedCall;
  readonly #options: RoutePassOptions;
  readonly #hops: Hop[] = [];
  #asked = 0;
  #hasRunOut = false;

  constructor(call: RoutedCall, options: RoutePassOptions) {
    this.#call = call;
    this.#options = options;
  }

  /** What failed or was skipped so far, in order. */
  get hops(): readonly Hop[] {
    return this.#hops;
  }

  /** Whether an endpoint has not been asked yet. */
  get hasNext(): boolean {
    return this.#asked < this.#call.route.endpoints.length;
  }

  /** Whether the deadline was so near that an endpoint could not be asked at all. */
  get hasRunOut(): boolean {
    return this.#hasRunOut;
  }

  note(hops: readonly Hop[]): void {
    this.#hops.push(...hops);
  }

  /**
   * The attempt at the next endpoint that can finish in the time that is left; undefined when there is none. Endpoints
   * that cannot become skipped hops. `underWay` attempts are running whose hops are not written yet.
   */
  next(reason: HopReason, underWay = 0): Attempt | undefined {
    const { endpoints } = this.#call.route;
    // A route of one endpoint has nothing to share and nobody to prefer.
    if (endpoints.length === 1 && this.hasNext) {
      this.#asked++;
      return this.#attemptAt(endpoints[0], reason, underWay);
    }
    while (this.hasNext) {
      const endpoint = endpoints[this.#asked++];
      if (!endpoint) break;
      const time = this.#timeLeft();
      const attempt = this.#attemptAt(endpoint, reason, underWay);
      if (!this.#isHopeless(endpoint, underWay, time)) return this.#within(attempt, time);
      this.#hasRunOut ||= time.leftMs < leastHopMs;
      this.#hops.push(skipped(attempt, this.#options.clock.now()));
    }
    return undefined;
  }

  #attemptAt(endpoint: Endpoint, reason: HopReason, underWay: number): Attempt {
    const before = this.#call.continued?.attempts ?? 0;
    const number = before + this.#hops.length + underWay + 1;
    return { ...this.#call, endpoint, reason, number };
  }

  #within(attempt: Attempt, time: TimeLeft): Attempt {
    const budgetMs = hopBudgetMs(attempt.endpoint, this.#others(), time);
    if (budgetMs === undefined) return attempt;
    return { ...attempt, firstEventByMs: attempt.deadlineMs - time.leftMs + budgetMs };
  }

  /** While nobody was asked, the last hope is not given up for what records say. */
  #isHopeless(endpoint: Endpoint, underWay: number, time: TimeLeft): boolean {
    if (canFinish(endpoint, time)) return false;
    const hasAsked =
      underWay > 0 || this.#hops.some(({ outcome }) => outcome !== HopOutcome.SKIPPED);
    return hasAsked || this.#others().some((other) => canFinish(other, time));
  }

  #others(): readonly Endpoint[] {
    return this.#call.route.endpoints.slice(this.#asked);
  }

  #timeLeft(): TimeLeft {
    const { delivery, deadlineMs } = this.#call;
    const { clock, records } = this.#options;
    return { leftMs: deadlineMs - clock.now(), delivery, records };
  }
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
