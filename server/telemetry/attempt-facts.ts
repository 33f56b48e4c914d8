import {
  type Completed,
  type Hop,
  HopOutcome,
  ServiceTier,
  type Usage,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Attempt, Endpoint } from "../core/call.ts";
import { GatewayError } from "../core/error.ts";
import { estimateUsage } from "../core/estimate-usage.ts";
import type { Ending } from "../core/events.ts";
import { costOf, priceOf } from "../core/money.ts";

/** What became of an attempt. */
export interface AttemptFacts {
  readonly outcome: HopOutcome;
  readonly error?: GatewayError | undefined;
  readonly completed?: Completed | undefined;
  readonly hop?: Hop | undefined;
  readonly usage?: Usage | undefined;
  readonly costNanoUsd?: bigint | undefined;
}

/** What was seen of its events. */
export interface Seen {
  readonly completed: Completed | undefined;
  /** Of text, in bytes of UTF-8. */
  readonly sentBytes: number;
}

/**
 * The facts of an attempt by the hop that the layer below has written for it. A reader who left in the middle got no hop:
 * what the provider bills is then estimated from what it had sent.
 */
export function factsOf(attempt: Attempt, ending: Ending, seen: Seen): AttemptFacts {
  const { completed } = seen;
  if (ending.kind === "failed") {
    const error = GatewayError.from(ending.error);
    const hop = error.hops.at(-1);
    return { ...ofHop(hop, HopOutcome.FAILED), error };
  }
  if (completed) return { ...ofHop(completed.hops.at(-1), HopOutcome.SUCCEEDED), completed };
  const { request, continued } = attempt;
  const usage = estimateUsage(request, seen.sentBytes, continued?.text);
  const costNanoUsd = costAt(attempt.endpoint, usage);
  return { outcome: HopOutcome.CANCELLED, usage, costNanoUsd };
}

function ofHop(hop: Hop | undefined, otherwise: HopOutcome): AttemptFacts {
  return {
    hop,
    outcome: hop?.outcome ?? otherwise,
    usage: hop?.usage,
    costNanoUsd: hop?.cost?.nanoUsd,
  };
}

function costAt({ prices }: Endpoint, usage: Usage): bigint | undefined {
  return prices && costOf(usage, priceOf(prices, usage, ServiceTier.UNSPECIFIED)).nanoUsd;
}
