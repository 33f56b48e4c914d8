import { HopReason } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Attempt, Delivery, RoutedCall } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { EndpointRecords } from "../core/endpoint-records.ts";
import { GatewayError } from "../core/error.ts";
import { mapEvents } from "../core/events.ts";
import type { Handler, Layer } from "../core/layer.ts";
import type { Reply } from "../core/reply.ts";
import type { RetryBudget } from "../core/retry-budget.ts";
import { abortError } from "../core/signals.ts";
import { allAttemptsFailed } from "./all-attempts-failed.ts";
import { askHedged, type Outcome } from "./hedge.ts";
import { firstReason, RoutePass, reasonAfter } from "./route-pass.ts";

/** When a second endpoint is asked beside one that is late. */
export interface HedgingOptions {
  /** Late is what this share of the endpoint's recent first events was faster than, for example 0.95. */
  readonly share: number;
  /** Calls fill it, hedges empty it: it caps what they cost. */
  readonly budget: RetryBudget;
}

export interface FailoverOptions {
  readonly clock: Clock;
  readonly records: EndpointRecords;
  /** Absent: never. */
  readonly hedging?: HedgingOptions | undefined;
}

/**
 * One pass over the route's endpoints, before the first event only: stops at the first reply, at the first error that no
 * endpoint can mend, or when the time is up.
 */
export function failover(options: FailoverOptions): Layer<RoutedCall, Attempt> {
  return {
    name: "failover",
    wrap: (next) => async (call) => {
      const pass = new RoutePass(call, options);
      const errors: GatewayError[] = [];
      let attempt = pass.next(firstReason(call));
      for (; attempt; attempt = pass.next(reasonAfter(pass.hops))) {
        const outcome = await ask(next, attempt, pass, options);
        if ("reply" in outcome) return withHopsBefore(outcome.reply, pass, call.delivery);
        for (const { hops } of outcome.errors) pass.note(hops);
        errors.push(...outcome.errors);
        const last = outcome.errors.find(({ retry }) => retry === "never");
        if (last) throw last.with({ hops: pass.hops });
        if (call.signal.aborted) throw abortError(call.signal).with({ hops: pass.hops });
      }
      throw exhausted(errors, pass);
    },
  };
}

function ask(
  next: Handler<Attempt>,
  attempt: Attempt,
  pass: RoutePass,
  { clock, records, hedging }: FailoverOptions,
): Promise<Outcome> {
  if (!hedging) return askOne(next, attempt);
  const { share, budget } = hedging;
  budget.deposit();
  const delayMs = records.of(attempt.endpoint)?.firstEventMs(share, attempt.delivery);
  if (delayMs === undefined || !pass.hasNext) return askOne(next, attempt);
  const second = () => (budget.withdraw() ? pass.next(HopReason.HEDGE, 1) : undefined);
  return askHedged(next, attempt, { clock, delayMs, second });
}

async function askOne(next: Handler<Attempt>, attempt: Attempt): Promise<Outcome> {
  try {
    return { reply: await next(attempt) };
  } catch (thrown) {
    return { errors: [GatewayError.from(thrown)] };
  }
}

/** A stream that breaks later tells of the attempts before it too. */
function withHopsBefore(reply: Reply, pass: RoutePass, delivery: Delivery): Reply {
  const hops = [...pass.hops, ...reply.hops];
  if (hops.length === 0) return reply;
  if (delivery === "unary") return { ...reply, hops };
  const error = (thrown: unknown) => {
    const broken = GatewayError.from(thrown);
    return broken.with({ hops: [...hops, ...broken.hops] });
  };
  return { ...reply, hops, events: mapEvents(reply.events, { error }) };
}

function exhausted(errors: readonly GatewayError[], { hops, hasRunOut }: RoutePass): GatewayError {
  const [first, ...rest] = errors;
  if (!first || hasRunOut) return GatewayError.deadlineExceeded().with({ hops });
  return allAttemptsFailed([first, ...rest], hops);
}
