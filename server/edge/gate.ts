import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/error.ts";
import { createRoster } from "../core/roster.ts";

/** Who is inside, and whether anybody may still come in. One gate stands before all doors. */
export interface Gate {
  /**
   * Lets a call in; throws UNAVAILABLE once the gate is closing, but not at one that is owed an answer. `sendAway` is told the
   * reason when the call has to end because the gateway does.
   */
  enter(isOwed?: boolean, sendAway?: SendAway): Visit;
  /** Throws TOO_MANY_CALLS when as many are inside as the gateway takes. Whoever only wants to look need not ask. */
  refuseIfFull(): void;
  /** Whether calls are welcome. */
  readonly open: boolean;
  readonly visitors: number;
  /**
   * Says that calls are not welcome any more, and lets them in all the same for so long: until load balancers and callers have
   * heard of it, nobody is to blame for coming.
   */
  linger(forMs: number): Promise<void>;
  /**
   * Closes the gate, waits until everybody has left, and after `windowMs` sends those who have not away with
   * UNAVAILABLE. Resolves when nobody is left, or a second later.
   */
  drain(windowMs: number): Promise<void>;
}

export type SendAway = (reason: GatewayError) => void;

/** One call's stay. `leave` must be called; more than once does no harm. */
export interface Visit {
  leave(): void;
}

/** How long calls that were sent away have to say so to their callers. */
const farewellMs = 1000;

export interface GateOptions {
  readonly clock: Clock;
  /** How many calls may be inside. Default: any number. */
  readonly limit?: number | undefined;
}

/** When it is worth asking a full gateway again. */
const fullRetryMs = 1000;

/** Opens a gate. */
export function createGate({ clock, limit = Number.POSITIVE_INFINITY }: GateOptions): Gate {
  const visitors = createRoster<SendAway>();
  let open = true;
  let isClosing = false;
  let onEmpty = () => {};

  /** Resolves when nobody is inside or the time is up. */
  const emptyWithin = (limitMs: number) =>
    new Promise<void>((resolve) => {
      if (visitors.size === 0) return resolve();
      const disarm = clock.after(limitMs, resolve);
      onEmpty = () => {
        disarm();
        resolve();
      };
    });

  return {
    enter(isOwed = false, sendAway = stay) {
      if (isClosing && !isOwed) throw GatewayError.draining();
      let place: number | undefined = visitors.add(sendAway);
      return {
        leave() {
          if (place === undefined) return;
          visitors.take(place);
          place = undefined;
          if (visitors.size === 0) onEmpty();
        },
      };
    },
    refuseIfFull() {
      if (visitors.size >= limit) throw tooManyCalls(limit);
    },
    get open() {
      return open;
    },
    get visitors() {
      return visitors.size;
    },
    async linger(forMs) {
      open = false;
      if (forMs > 0) await new Promise<void>((resolve) => clock.after(forMs, resolve));
    },
    async drain(windowMs) {
      open = false;
      isClosing = true;
      await emptyWithin(windowMs);
      const reason = GatewayError.draining();
      for (const sendAway of visitors) sendAway(reason);
      await emptyWithin(farewellMs);
    },
  };
}

const stay: SendAway = () => {};

function tooManyCalls(limit: number): GatewayError {
  return new GatewayError(
    Code.ResourceExhausted,
    ErrorReason.TOO_MANY_CALLS,
    `${limit} calls are open in this gateway, which is as many as it takes (AXONFLOW_MAX_STREAMS). Ask again in a moment, or add a gateway.`,
    { retryAfterMs: fullRetryMs, metadata: { limit: String(limit) } },
  );
}
