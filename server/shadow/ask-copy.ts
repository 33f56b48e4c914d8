import { randomUUIDv7 } from "node:crypto";
import { HopReason } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Attempt, Call, Route } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/error.ts";
import type { Handler } from "../core/layer.ts";
import { shadowContext } from "../core/linked-context.ts";
import { closeReply, type Reply } from "../core/reply.ts";
import { linkAbort, untilAborted } from "../core/signals.ts";
import { createAnswerCollector } from "./answer-collector.ts";
import { courseOfError } from "./observe-primary.ts";
import type { Course } from "./outcome.ts";

/** How copies are made and asked. */
export interface CopyOptions {
  readonly clock: Clock;
  /** How long a copy may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Makes one attempt; nothing below it tries again. */
  readonly ask: Handler<Attempt>;
}

/** The copy as a call of its own, pinned to a provider: whole, because nobody reads it piece by piece. */
export function copyOf(
  call: Call,
  provider: string,
  signal: AbortSignal,
  { clock, timeoutMs }: CopyOptions,
): Call {
  const now = clock.now();
  return {
    id: randomUUIDv7(),
    principal: call.principal,
    request: { ...call.request, provider },
    delivery: "unary",
    arrivedMs: now,
    signal,
    deadlineMs: now + timeoutMs,
    context: shadowContext(call.context),
  };
}

/**
 * Asks the route's first endpoint once. Never rejects, and ends within the copy's own time whatever the provider does;
 * `abandoned` means that the signal was aborted because nobody wants the copy any more.
 */
export async function askCopy(copy: Call, route: Route, options: CopyOptions): Promise<Course> {
  const { clock, timeoutMs, ask } = options;
  const startMs = clock.now();
  const link = linkAbort(copy.signal);
  const disarm = clock.after(timeoutMs, () => link.abort(GatewayError.deadlineExceeded()));
  const [endpoint] = route.endpoints;
  const attempt: Attempt = {
    ...copy,
    signal: link.signal,
    route: { endpoints: [endpoint] },
    endpoint,
    number: 1,
    reason: HopReason.FIRST,
  };
  try {
    const reply = await firstEvent(ask(attempt), link.signal);
    const elapsedMs = () => clock.now() - startMs;
    return await untilAborted(courseOf(reply, elapsedMs), link.signal).finally(() =>
      closeReply(reply),
    );
  } catch (error) {
    return courseOfError(error);
  } finally {
    disarm();
    link.release();
  }
}

async function firstEvent(pending: Promise<Reply>, signal: AbortSignal): Promise<Reply> {
  try {
    return await untilAborted(pending, signal);
  } catch (error) {
    pending.then(closeReply, () => {});
    throw error;
  }
}

async function courseOf(reply: Reply, elapsedMs: () => number): Promise<Course> {
  const collector = createAnswerCollector(elapsedMs);
  for await (const event of reply.events) {
    collector.event(event);
    if (event.case === "completed") break;
  }
  const answer = collector.answer();
  return answer
    ? { kind: "answered", answer }
    : { kind: "failed", reason: "PROVIDER_MALFORMED_RESPONSE" };
}
