import type { Hop } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/error.ts";
import type { CompletionEvent, Reply } from "../core/reply.ts";
import type { LinkedAbort } from "../core/signals.ts";
import { totalOfHops } from "../core/total-of-hops.ts";

/** How long the layers below have to say what a stopped answer took, in milliseconds; an abort takes one. */
const accountMs = 1000;

/** An answer that is being read. */
export interface RunningAnswer {
  readonly reply: Reply;
  readonly source: AsyncIterator<CompletionEvent>;
  /** Stops whoever writes it; absent where all of it is there already. */
  readonly link: LinkedAbort | undefined;
  readonly clock: Clock;
}

/**
 * Stops an answer, and gives the refusal with the attempts that were made and what they used: the provider writes no more,
 * and what it wrote is paid for. Reads on to the end, because only the end tells.
 */
export async function stopAnswer(
  refusal: GatewayError,
  { reply, source, link, clock }: RunningAnswer,
): Promise<GatewayError> {
  link?.abort(refusal);
  let disarm = () => {};
  const late = new Promise<undefined>((resolve) => {
    disarm = clock.after(accountMs, () => resolve(undefined));
  });
  const account = await Promise.race([readToEnd(source), late]);
  disarm();
  if (account === undefined) void source.return?.()?.catch(() => {});
  if (reply.replayOf !== undefined) return refusal;
  if (account instanceof GatewayError) return withAccountOf(refusal, account, reply.hops);
  return account?.case === "completed" ? withCompleted(refusal, account, reply) : refusal;
}

/** The refusal of an answer that is whole. What a replay took was another call's. */
export function withCompleted(
  refusal: GatewayError,
  { value }: CompletionEvent & { case: "completed" },
  { hops: before, replayOf }: Reply,
): GatewayError {
  if (replayOf !== undefined) return refusal;
  const hops = [...before, ...value.hops];
  return refusal.with({ hops, usage: totalOfHops(value, hops).usage });
}

function withAccountOf(
  refusal: GatewayError,
  { hops, usage, providerRequestId }: GatewayError,
  before: readonly Hop[],
): GatewayError {
  return refusal.with({ hops: hops.length > 0 ? hops : before, usage, providerRequestId });
}

/** What an answer ended with: `completed`, an error, or nothing. */
async function readToEnd(source: AsyncIterator<CompletionEvent>) {
  try {
    for (;;) {
      const { done, value } = await source.next();
      if (done) return undefined;
      if (value.case === "completed") return value;
    }
  } catch (error) {
    return GatewayError.from(error);
  }
}
