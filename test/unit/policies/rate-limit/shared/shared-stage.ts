import { setImmediate as turn } from "node:timers/promises";
import { GatewayError } from "../../../../../server/core/error.ts";
import type { RateLimitPolicy } from "../../../../../server/core/policy.ts";
import type { SharedRates } from "../../../../../server/core/shared-rates.ts";
import type { Need } from "../../../../../server/policies/rate-limit/claim.ts";
import type { Grant } from "../../../../../server/policies/rate-limit/grant.ts";
import {
  createSharedLimiter,
  type SharedLimiter,
} from "../../../../../server/policies/rate-limit/shared/shared-limiter.ts";
import { sampleCall } from "../../../../fakes/calls.ts";
import { createManualClock } from "../../../../fakes/manual-clock.ts";
import { createMemoryRates } from "../../../../fakes/memory-rates.ts";
import { samplePolicies } from "../../../../fakes/policies.ts";

/** A call at one of the gateways: let in at a time, refused with words, or neither while it waits. */
export interface SharedCall {
  readonly need: Need;
  inMs?: number;
  grant?: Grant;
  refused?: string;
  retryAfterMs?: number | undefined;
  leave(): void;
}

/** How long an exchange takes in all. */
const roundTripMs = 4;

/** Gateways over one memory of rates, with a clock that a test moves. */
export function createSharedStage(
  options: { readonly gateways: number; readonly mostWaiting?: number },
  ...rates: readonly RateLimitPolicy[]
) {
  const clock = createManualClock(0);
  /** What happens to exchanges; a test may change it at any time. */
  const way: { there: "open" | "lost" | "silent"; back: "open" | "lost" } = {
    there: "open",
    back: "open",
  };
  let exchanges = 0;
  const memory = createMemoryRates({
    atMs: () => clock.epochMs(),
    async travel(leg) {
      if (leg === "there") exchanges += 1;
      if (way[leg] === "silent") return new Promise(() => {});
      await new Promise<void>((resolve) => clock.after(roundTripMs / 2, resolve));
      if (way[leg] === "lost") throw new Error(`lost on its way ${leg}`);
    },
  });
  const start = (shared: SharedRates = memory.gateway()): SharedLimiter =>
    createSharedLimiter({ clock, rates: shared, mostWaiting: options.mostWaiting });
  const limiters = Array.from({ length: options.gateways }, () => start());
  const policies = samplePolicies({ rates });

  /** Moves time on in steps, and lets everybody speak after each. */
  const advance = async (ms: number, stepMs = 1) => {
    for (let left = ms; left > 0; left -= stepMs) {
      clock.advance(Math.min(stepMs, left));
      await turn();
    }
  };
  return {
    clock,
    memory,
    way,
    limiters,
    advance,
    /** What is under way comes to its end. */
    async close() {
      const closing = Promise.all(limiters.map((limiter) => limiter.close()));
      await advance(10 * roundTripMs);
      await closing;
    },
    get exchanges() {
      return exchanges;
    },
    /** Makes a call, whose outcome shows when time goes on. */
    call(place: number, need: Partial<Need> = {}): SharedCall {
      const leaving = new AbortController();
      const made: SharedCall = {
        need: { tokens: 0, isStream: false, ...need },
        leave: () => leaving.abort(),
      };
      const limiter = limiters[place];
      if (!limiter) throw new Error(`there is no gateway ${place}`);
      const call = sampleCall({ signal: leaving.signal, deadlineMs: Number.MAX_SAFE_INTEGER });
      limiter.admit(call, policies, made.need).then(
        (grant) => Object.assign(made, { grant, inMs: clock.now() }),
        (error) => {
          const { code, metadata, retryAfterMs } = GatewayError.from(error);
          made.refused = code === 8 ? (metadata.limit ?? "?") : `${code}`;
          made.retryAfterMs = retryAfterMs;
        },
      );
      return made;
    },
  };
}

/** The most that was let in within any minute, of what each took in the end. */
export function busiestMinute(
  admitted: readonly { readonly inMs: number; readonly amount: number }[],
): number {
  const inOrder = admitted.toSorted((a, b) => a.inMs - b.inMs);
  let first = 0;
  let sum = 0;
  let most = 0;
  for (const { inMs, amount } of inOrder) {
    sum += amount;
    for (
      let oldest = inOrder[first];
      oldest && oldest.inMs <= inMs - 60_000;
      oldest = inOrder[first]
    ) {
      sum -= oldest.amount;
      first += 1;
    }
    most = Math.max(most, sum);
  }
  return most;
}
