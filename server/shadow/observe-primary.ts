import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError, reasonName } from "../core/error.ts";
import { type Ending, tapEvents } from "../core/events.ts";
import type { Reply } from "../core/reply.ts";
import { createAnswerCollector } from "./answer-collector.ts";
import type { Course } from "./outcome.ts";

/** The reply as it goes on to the caller, and what will have become of it. */
export interface ObservedPrimary {
  readonly reply: Promise<Reply>;
  /** Settles when the caller's answer has ended, however it did; never rejects. */
  readonly outcome: Promise<Course>;
}

/**
 * Reads a reply along, without holding or changing any of it. A call that another provider than the primary served in
 * the end failed as far as the primary is concerned.
 */
export function observePrimary(
  pending: Promise<Reply>,
  { clock, provider }: { clock: Clock; provider: string },
): ObservedPrimary {
  const startMs = clock.now();
  const { promise: outcome, resolve } = Promise.withResolvers<Course>();
  const reply = pending.then(
    (reply) => {
      const collector = createAnswerCollector(() => clock.now() - startMs);
      const end = (ending: Ending) => resolve(courseOf(ending, reply, provider, collector.answer));
      return { ...reply, events: tapEvents(reply.events, { event: collector.event, end }) };
    },
    (error) => {
      resolve(courseOfError(error));
      throw error;
    },
  );
  return { reply, outcome };
}

function courseOf(
  ending: Ending,
  { endpoint, hops }: Reply,
  provider: string,
  collected: ReturnType<typeof createAnswerCollector>["answer"],
): Course {
  if (ending.kind === "failed") return courseOfError(ending.error);
  const answer = collected();
  if (ending.kind === "abandoned" || !answer) return { kind: "abandoned" };
  if (endpoint.provider === provider) return { kind: "answered", answer };
  return { kind: "failed", reason: hops.at(-1)?.errorReason || "SERVED_ELSEWHERE" };
}

/** Neither a caller who left nor a gateway that stops says anything about the provider. */
export function courseOfError(thrown: unknown): Course {
  const { code, reason } = GatewayError.from(thrown);
  const isOver = code === Code.Canceled || reason === ErrorReason.DRAINING;
  return isOver ? { kind: "abandoned" } : { kind: "failed", reason: reasonName(reason) };
}
