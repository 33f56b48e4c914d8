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
import { type Sharing, shareAnswer } from "./idempotency-sharing.ts";
import type { KeptAnswer, Slot } from "./idempotency-slot.ts";
import type { IdempotencyStore } from "./idempotency-store.ts";

export interface IdempotencyOptions {
  readonly clock: Clock;
  readonly store: IdempotencyStore;
  /** The longest that one answer may take, however many callers join it, in milliseconds. */
  readonly runLimitMs: number;
  /** What other gateways answer, and where they find what this one does; absent where there are none. */
  readonly sharing?: Sharing | undefined;
}

/**
 * The same request with the same `idempotency-key` of the same principal is made once: who comes while it runs joins it,
 * who comes later gets the kept answer, whole or as a stream; at another gateway, whoever comes while it runs waits for the
 * whole of it. Calls without a key pass untouched.
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
  repeat: RepeatMark,
  next: Handler,
  options: IdempotencyOptions,
): Promise<Reply> {
  const { clock, store, runLimitMs, sharing } = options;
  const { key, fingerprint } = repeat;
  // A principal's name has no line break.
  const name = `${call.principal.name}\n${key}`;
  const begin = (within: (slot: Slot) => Slot = (slot) => slot) =>
    store.open(name, (slot) =>
      startRun(call, { next, clock, limitMs: runLimitMs, fingerprint, slot: within(slot) }),
    );
  for (;;) {
    if (call.signal.aborted) throw abortError(call.signal);
    const answer = store.answer(name);
    let run = answer ? undefined : store.run(name);
    if (!answer && !run) {
      const place = sharing && (await shareAnswer(call, repeat, sharing));
      if (place?.kind === "used") throw keyReused();
      if (place?.kind === "answered") return replayed(place.answer);
      if (place?.kind === "again") continue;
      run = begin(place?.within);
    }
    if ((answer ?? run)?.fingerprint !== fingerprint) throw keyReused();
    if (answer) return replayed(answer);
    const reply = await run?.join(call).catch((error: unknown) => {
      if (!wasCutShort(run, call, clock)) throw error;
    });
    if (reply) return reply;
  }
}

function replayed({ reply, events }: KeptAnswer): Reply {
  return { ...reply, events: listEvents(events) };
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
