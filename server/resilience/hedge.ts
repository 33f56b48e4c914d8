import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/error.ts";
import { estimateUsage } from "../core/estimate-usage.ts";
import type { Handler } from "../core/layer.ts";
import { closeReply, type Reply } from "../core/reply.ts";
import { type LinkedAbort, linkAbort } from "../core/signals.ts";
import { hopOf } from "./hop-record.ts";

/** What came of asking: a reply, or the errors of all that were asked. Either carries every hop. */
export type Outcome = { readonly reply: Reply } | { readonly errors: readonly GatewayError[] };

export interface HedgeOptions {
  readonly clock: Clock;
  /** When the first event is called late, in milliseconds from now. */
  readonly delayMs: number;
  /** The attempt to make beside the one that is late; undefined where none may be made. Asked at most once. */
  readonly second: () => Attempt | undefined;
}

/** Asks, and asks a second endpoint too if the first event is late. Who begins first answers; the other is cancelled. */
export async function askHedged(
  next: Handler<Attempt>,
  attempt: Attempt,
  options: HedgeOptions,
): Promise<Outcome> {
  const first = begin(next, attempt, options.clock);
  const punctual = await withinTime(first.settled, options);
  const other = punctual ? undefined : options.second();
  if (!other) return outcomeOf(await first.settled);
  return race(first, begin(next, other, options.clock));
}

/** One of the two that run. */
interface Leg {
  readonly attempt: Attempt;
  readonly startMs: number;
  readonly clock: Clock;
  readonly link: LinkedAbort;
  /** Never rejects. */
  readonly settled: Promise<Settled>;
}

type Settled = { readonly reply: Reply } | { readonly error: GatewayError };

function begin(next: Handler<Attempt>, attempt: Attempt, clock: Clock): Leg {
  const link = linkAbort(attempt.signal);
  const settled = next({ ...attempt, signal: link.signal }).then(
    (reply): Settled => {
      // A stream still needs it; the link goes when the call's own signal does.
      if (attempt.delivery === "unary") link.release();
      return { reply };
    },
    (thrown): Settled => {
      link.release();
      return { error: GatewayError.from(thrown) };
    },
  );
  return { attempt, startMs: clock.now(), clock, link, settled };
}

/** Undefined when the time is up before. */
function withinTime(
  settled: Promise<Settled>,
  { clock, delayMs }: HedgeOptions,
): Promise<Settled | undefined> {
  return new Promise((resolve) => {
    const disarm = clock.after(delayMs, () => resolve(undefined));
    void settled.then((result) => {
      disarm();
      resolve(result);
    });
  });
}

async function race(first: Leg, second: Leg): Promise<Outcome> {
  const quick = await Promise.race([
    first.settled.then((result) => ({ result, leg: first, other: second })),
    second.settled.then((result) => ({ result, leg: second, other: first })),
  ]);
  const { result, other } = quick;
  if ("reply" in result) return won(result.reply, (await cancel(other)).error);
  // What nobody can mend the other cannot either.
  const rest = result.error.retry === "never" ? await cancel(other) : await other.settled;
  if ("reply" in rest) return won(rest.reply, result.error);
  return { errors: [result.error, rest.error] };
}

function won(reply: Reply, { hops }: GatewayError): Outcome {
  return { reply: { ...reply, hops: [...hops, ...reply.hops] } };
}

/** Ends an attempt that is not needed any more; what it is thought to have used stands in its hop. */
async function cancel({
  attempt,
  link,
  settled,
  startMs,
  clock,
}: Leg): Promise<{ error: GatewayError }> {
  const lost = tooLate(attempt);
  link.abort(lost);
  link.release();
  const result = await settled;
  if ("error" in result) return result;
  void closeReply(result.reply);
  const hop = hopOf(attempt, { startMs, endMs: clock.now() }, { error: lost, usage: lost.usage });
  return { error: lost.with({ hops: [...result.reply.hops, hop] }) };
}

/** The provider has read the prompt at least, and bills it. */
function tooLate({ request }: Attempt): GatewayError {
  return new GatewayError(Code.Canceled, ErrorReason.CANCELLED, "Another endpoint was faster.", {
    usage: estimateUsage(request, 0),
  });
}

function outcomeOf(result: Settled): Outcome {
  return "reply" in result ? result : { errors: [result.error] };
}
