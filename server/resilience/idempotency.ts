import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Call, RepeatMark } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/error.ts";
import { listEvents } from "../core/events.ts";
import type { Handler, Layer } from "../core/layer.ts";
import type { Reply } from "../core/reply.ts";
import { abortError } from "../core/signals.ts";
import { type SharedRun, startRun } from "./idempotency-run.ts";
import type { IdempotencyStore } from "./idempotency-store.ts";

export interface IdempotencyOptions {
  readonly clock: Clock;
  readonly store: IdempotencyStore;
  /** The longest that one answer may take, however many callers join it, in milliseconds. */
  readonly runLimitMs: number;
}

/**
 * The same request with the same `idempotency-key` of the same principal is made once: who comes while it runs joins it,
 * who comes later gets the kept answer, whole or as a stream. Calls without a key pass untouched.
 */
export function idempotency(options: IdempotencyOptions): Layer {
  return {
    name: "idempotency",
    wrap: (next) => (call) =>
      call.repeat === undefined ? next(call) : answerOnce(call, call.repeat, next, options),
  };
}

async function answerOnce(
  call: Call,
  { key, fingerprint }: RepeatMark,
  next: Handler,
  { clock, store, runLimitMs }: IdempotencyOptions,
): Promise<Reply> {
  // A principal's name has no line break.
  const name = `${call.principal.name}\n${key}`;
  const begin = () =>
    store.open(name, (slot) =>
      startRun(call, { next, clock, limitMs: runLimitMs, fingerprint, slot }),
    );
  for (;;) {
    if (call.signal.aborted) throw abortError(call.signal);
    const answer = store.answer(name);
    const run = answer ? undefined : (store.run(name) ?? begin());
    if ((answer ?? run)?.fingerprint !== fingerprint) throw keyReused();
    if (answer) return { ...answer.reply, events: listEvents(answer.events) };
    const reply = await run?.join(call).catch((error: unknown) => {
      if (!wasCutShort(run, call, clock)) throw error;
    });
    if (reply) return reply;
  }
}

/**
 * A run plans its attempts by the deadline of the call that began it, so that failover has its turn in time. A caller that
 * joined and may wait longer than that begins again, with its own deadline.
 */
function wasCutShort({ deadlineMs }: SharedRun, call: Call, { now }: Clock): boolean {
  return !call.signal.aborted && deadlineMs < call.deadlineMs && now() >= deadlineMs;
}

function keyReused(): GatewayError {
  const description = "Was used before, for another request. Choose a new key for each request.";
  return new GatewayError(
    Code.InvalidArgument,
    ErrorReason.IDEMPOTENCY_KEY_REUSED,
    `idempotency-key: ${description}`,
    { violations: [{ field: "idempotency-key", description }] },
  );
}
