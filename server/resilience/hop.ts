import { Code } from "@connectrpc/connect";
import type { Completed, Hop } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError, reasonName } from "../core/error.ts";
import { estimateUsage } from "../core/estimate-usage.ts";
import { mapEvents } from "../core/events.ts";
import type { Layer } from "../core/layer.ts";
import type { CompletionEvent } from "../core/reply.ts";
import { costAt, type HopFacts, hopOf } from "./hop-record.ts";

/**
 * Writes each attempt into the answer's list of hops, priced, and into the error of one that failed. An error after
 * the first event leaves as an interrupted stream, because the caller already holds a part of the answer.
 */
export function hop({ clock }: { clock: Clock }): Layer<Attempt> {
  return {
    name: "hop",
    wrap: (next) => async (attempt) => {
      const startMs = clock.now();
      let firstMs: number | undefined;
      const record = (facts: HopFacts) =>
        hopOf(attempt, { startMs, firstMs, endMs: clock.now() }, facts);
      try {
        const reply = await next(attempt);
        firstMs = clock.now();
        const { providerRequestId } = reply;
        let sentBytes = 0;
        const events = mapEvents(reply.events, {
          event: (event) => {
            sentBytes += textBytesOf(event);
            if (event.case !== "completed") return event;
            return withHop(event.value, attempt, (known) =>
              record({ ...known, providerRequestId }),
            );
          },
          error: (thrown) => {
            const error = withUsage(GatewayError.from(thrown), attempt, sentBytes);
            return withFailedHop(interrupted(error), record);
          },
        });
        return { ...reply, events };
      } catch (error) {
        throw withFailedHop(GatewayError.from(error), record);
      }
    },
  };
}

function withHop(
  answer: Completed,
  { endpoint }: Attempt,
  succeeded: (facts: HopFacts) => Hop,
): CompletionEvent {
  const { usage, serviceTier, hops } = answer;
  const cost = costAt(endpoint, usage, serviceTier);
  const completed: Completed = { ...answer, hops: [...hops, succeeded({ usage, cost })] };
  return { case: "completed", value: cost ? { ...completed, cost } : completed };
}

function textBytesOf(event: CompletionEvent): number {
  const piece = event.case === "delta" ? event.value.piece : undefined;
  return piece?.case === "text" ? Buffer.byteLength(piece.value) : 0;
}

/** A stream that was broken off from above, by time or by its caller, has not been told what it used: estimate it. */
function withUsage(
  error: GatewayError,
  { request, continued }: Attempt,
  sentBytes: number,
): GatewayError {
  if (error.usage) return error;
  return error.with({ usage: estimateUsage(request, sentBytes, continued?.text) });
}

function withFailedHop(error: GatewayError, record: (facts: HopFacts) => Hop): GatewayError {
  const { usage, providerRequestId } = error;
  return error.with({ hops: [...error.hops, record({ error, usage, providerRequestId })] });
}

/** Errors that say the same whether or not the stream had begun. */
const outlivesTheStart: ReadonlySet<ErrorReason> = new Set([
  ErrorReason.BLOCKED_BY_POLICY,
  ErrorReason.CANCELLED,
  ErrorReason.DEADLINE_EXCEEDED,
  ErrorReason.DRAINING,
  ErrorReason.INTERNAL,
]);

function interrupted(error: GatewayError): GatewayError {
  if (outlivesTheStart.has(error.reason)) return error;
  const tokensSent = { tokens_sent: String(error.usage?.outputTokens ?? 0) };
  if (error.code === Code.DataLoss) {
    return error.with({ retry: "never", metadata: { ...error.metadata, ...tokensSent } });
  }
  return error.with({
    code: Code.Unavailable,
    reason: ErrorReason.STREAM_INTERRUPTED,
    message: `The stream broke after its first piece: ${error.message} What was sent is not the whole answer; ask again.`,
    retry: "never",
    metadata: {
      ...error.metadata,
      ...tokensSent,
      interrupted_by: reasonName(error.reason),
    },
  });
}
