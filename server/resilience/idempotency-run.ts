import type { Call } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/error.ts";
import { guardEvents } from "../core/events.ts";
import type { Handler } from "../core/layer.ts";
import type { Reply } from "../core/reply.ts";
import { abortError } from "../core/signals.ts";
import { type Recording, recordEvents } from "./idempotency-recording.ts";
import type { Slot } from "./idempotency-slot.ts";

/** One call that is made for several callers who asked the same. */
export interface SharedRun {
  readonly fingerprint: string;
  /** Until when it plans its attempts: the deadline of the call that began it, in milliseconds of `Clock.now`. */
  readonly deadlineMs: number;
  /**
   * Gives this caller the answer too, at its own pace. Its abort ends its own part alone; the last one's ends the run, and
   * what the run then says is what it gets.
   */
  join(call: Call): Promise<Reply>;
}

/** What a run is made of. */
export interface SharedRunOptions {
  readonly next: Handler;
  readonly clock: Clock;
  /** The longest that it may take, however many join it, in milliseconds. */
  readonly limitMs: number;
  readonly fingerprint: string;
  readonly slot: Slot;
}

/** A caller of the run. */
interface Seat {
  readonly call: Call;
  /** Gives it its reply, once. */
  readonly begin: (reply: Reply) => void;
  /** Ends its part: its wait for the reply, and later its reading. */
  fail: (error: unknown) => void;
  /** Lets go of it; more than once does no harm. */
  leave(): void;
}

/** The answer once it has begun. */
interface Begun {
  /** The call whose answer it is: the first that was still there when it began. */
  readonly owner: Call | undefined;
  readonly facts: Omit<Reply, "events">;
  readonly recording: Recording;
}

/** Begins a run for the call that came first; it has to join too, and to do so at once. */
export function startRun(first: Call, options: SharedRunOptions): SharedRun {
  const { next, clock, limitMs, fingerprint, slot } = options;
  const { deadlineMs } = first;
  const seats = new Set<Seat>();
  const controller = new AbortController();
  const disarm = clock.after(limitMs, () => controller.abort(GatewayError.deadlineExceeded()));
  let begun: Begun | undefined;

  const giveUp = (reason: GatewayError) => {
    slot.drop();
    controller.abort(reason);
  };
  const takeSeat = (call: Call, begin: Seat["begin"], refuse: (error: unknown) => void) => {
    const onAbort = () => {
      const reason = abortError(call.signal);
      const isLast = seats.size === 1 && !begun?.recording.isOver;
      if (isLast) giveUp(reason);
      else seat.fail(reason);
    };
    const seat: Seat = {
      call,
      begin,
      fail(error) {
        seat.leave();
        refuse(error);
      },
      leave() {
        call.signal.removeEventListener("abort", onAbort);
        if (!seats.delete(seat) || seats.size > 0) return;
        disarm();
        if (!begun?.recording.isOver) giveUp(GatewayError.cancelled());
      },
    };
    call.signal.addEventListener("abort", onAbort, { once: true });
    seats.add(seat);
    return seat;
  };
  const start = (reply: Reply) => {
    begun = createBegun(reply, [...seats][0]?.call, options);
    for (const seat of seats) seat.begin(replyFor(seat, begun));
  };
  const fail = (error: unknown) => {
    for (const seat of seats) seat.fail(error);
  };
  const ask = async () => next({ ...first, signal: controller.signal });
  ask().then(start, fail);

  return {
    fingerprint,
    deadlineMs,
    join: (call) =>
      new Promise((resolve, reject) => {
        const seat = takeSeat(call, resolve, reject);
        if (begun) seat.begin(replyFor(seat, begun));
      }),
  };
}

function createBegun(
  { events, ...facts }: Reply,
  owner: Call | undefined,
  { slot, fingerprint }: SharedRunOptions,
): Begun {
  const kept = { ...facts, replayOf: owner?.id };
  const recording = recordEvents(events, {
    keep: slot.take,
    whole: (all) => slot.keep({ fingerprint, reply: kept, events: all }),
    lost: slot.drop,
  });
  return { owner, facts, recording };
}

/** The caller leaves its seat when its reading ends, however that comes. */
function replyFor(seat: Seat, { owner, facts, recording }: Begun): Reply {
  const reader = recording.read();
  const end = () => {
    seat.leave();
    void reader.return?.();
  };
  const guarded = guardEvents(reader, { waiting() {}, arrived() {}, end });
  seat.fail = (error) => {
    guarded.fail(error);
    end();
  };
  const replayOf = owner === seat.call ? undefined : owner?.id;
  return { ...facts, replayOf, events: guarded.events };
}
