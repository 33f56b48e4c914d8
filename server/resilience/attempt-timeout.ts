import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/error.ts";
import { guardEvents } from "../core/events.ts";
import type { Handler, Layer } from "../core/layer.ts";
import { closeReply, type Reply } from "../core/reply.ts";
import { type LinkedAbort, linkAbort, untilAborted } from "../core/signals.ts";

/** How long one attempt may be silent, in milliseconds. */
export interface AttemptTimeoutOptions {
  readonly clock: Clock;
  /** Until the first event, or `Attempt.firstEventByMs` if that is sooner; a unary answer is one event, all of it. */
  readonly firstEventTimeoutMs: number;
  /** Between two events, counted only while the reader waits: a slow reader is not the provider's fault. */
  readonly idleTimeoutMs: number;
}

/**
 * Innermost: whatever a provider does, or never does, an attempt ends when its time is up or its caller leaves, and
 * what it still brings afterwards is closed.
 */
export function attemptTimeout(options: AttemptTimeoutOptions): Layer<Attempt> {
  return {
    name: "attemptTimeout",
    wrap: (next) => async (attempt) => {
      const link = linkAbort(attempt.signal);
      try {
        const reply = await firstEvent(next, { ...attempt, signal: link.signal }, link, options);
        if (attempt.delivery === "stream") {
          return { ...reply, events: untilSilent(reply, link, options) };
        }
        // All of its events are there: nobody waits for them any more.
        link.release();
        return reply;
      } catch (error) {
        link.release();
        throw error;
      }
    },
  };
}

async function firstEvent(
  next: Handler<Attempt>,
  attempt: Attempt,
  link: LinkedAbort,
  { clock, firstEventTimeoutMs }: AttemptTimeoutOptions,
): Promise<Reply> {
  const { firstEventByMs = Number.POSITIVE_INFINITY } = attempt;
  const limitMs = Math.min(firstEventTimeoutMs, Math.max(firstEventByMs - clock.now(), 0));
  const disarm = clock.after(limitMs, () => link.abort(timedOut(limitMs)));
  const pending = next(attempt);
  try {
    return await untilAborted(pending, link.signal);
  } catch (error) {
    pending.then(closeReply, () => {});
    throw error;
  } finally {
    disarm();
  }
}

/** One timer for the whole stream: when it fires too early for the wait under way, it is set again for the rest. */
function untilSilent(
  reply: Reply,
  link: LinkedAbort,
  { clock, idleTimeoutMs }: AttemptTimeoutOptions,
): Reply["events"] {
  let waitingSinceMs: number | undefined;
  let disarm = () => {};
  const watch = (delayMs: number) => {
    disarm = clock.after(delayMs, () => {
      const waitedMs = waitingSinceMs === undefined ? 0 : clock.now() - waitingSinceMs;
      if (waitedMs >= idleTimeoutMs) link.abort(timedOut(idleTimeoutMs));
      else watch(idleTimeoutMs - waitedMs);
    });
  };
  const onAbort = () => guarded.fail(link.signal.reason);
  const guarded = guardEvents(reply.events, {
    waiting: () => {
      waitingSinceMs = clock.now();
    },
    arrived: () => {
      waitingSinceMs = undefined;
    },
    end: () => {
      disarm();
      link.signal.removeEventListener("abort", onAbort);
      link.release();
      // Closing the source would wait for a read that is under way; only an abort ends that. Between reads closing is
      // enough, and leaves the provider free to keep the connection of an answer that is whole.
      if (waitingSinceMs !== undefined) link.abort(over);
    },
  });
  link.signal.addEventListener("abort", onAbort, { once: true });
  watch(idleTimeoutMs);
  return guarded.events;
}

/** Nobody reads this attempt any more. */
const over = GatewayError.cancelled();

function timedOut(limitMs: number): GatewayError {
  return new GatewayError(
    Code.Unavailable,
    ErrorReason.PROVIDER_TIMEOUT,
    `The provider was silent for ${Math.round(limitMs)} ms.`,
    { retry: "other-endpoint" },
  );
}
