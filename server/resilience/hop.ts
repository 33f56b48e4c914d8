import { Code } from "@connectrpc/connect";
import {
  type Completed,
  type Hop,
  HopOutcome,
  HopSchema,
  ServiceTier,
  type Usage,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Cost } from "../../gen/axonflow/gateway/v1/money_pb.ts";
import type { Attempt, Endpoint } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError, reasonName } from "../core/error.ts";
import { estimateUsage } from "../core/estimate-usage.ts";
import { mapEvents } from "../core/events.ts";
import type { Layer } from "../core/layer.ts";
import { costOf, priceOf } from "../core/money.ts";
import type { CompletionEvent } from "../core/reply.ts";

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
            return [withHop(event, attempt, (known) => record({ ...known, providerRequestId }))];
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

interface HopFacts {
  readonly error?: GatewayError;
  readonly usage?: Usage | undefined;
  /** Default: what the usage costs at the standard price. */
  readonly cost?: Cost | undefined;
  readonly providerRequestId?: string | undefined;
}

/** In milliseconds of `Clock.now`. */
interface HopTimes {
  readonly startMs: number;
  /** Absent where no event came. */
  readonly firstMs: number | undefined;
  readonly endMs: number;
}

function hopOf({ endpoint, reason, arrivedMs }: Attempt, times: HopTimes, facts: HopFacts): Hop {
  const { startMs, firstMs, endMs } = times;
  const { error, usage, providerRequestId = "", cost = costAt(endpoint, usage) } = facts;
  return {
    $typeName: HopSchema.typeName,
    provider: endpoint.provider,
    region: endpoint.region,
    model: endpoint.model,
    outcome: error ? failedOutcome(error) : HopOutcome.SUCCEEDED,
    errorReason: error ? reasonName(error.reason) : "",
    reason,
    startMs: BigInt(Math.round(startMs - arrivedMs)),
    latencyMs: BigInt(Math.round(endMs - startMs)),
    ...(firstMs !== undefined && { timeToFirstTokenMs: BigInt(Math.round(firstMs - startMs)) }),
    providerRequestId,
    ...(usage && { usage }),
    ...(cost && { cost }),
  };
}

/** Undefined where there is nothing to price, or no price. */
function costAt(
  { prices }: Endpoint,
  usage: Usage | undefined,
  serviceTier: ServiceTier = ServiceTier.UNSPECIFIED,
): Cost | undefined {
  return usage && prices && costOf(usage, priceOf(prices, usage, serviceTier));
}

function failedOutcome({ code, reason }: GatewayError): HopOutcome {
  const left = code === Code.Canceled || reason === ErrorReason.DEADLINE_EXCEEDED;
  return left ? HopOutcome.CANCELLED : HopOutcome.FAILED;
}

function withHop(
  event: CompletionEvent,
  { endpoint }: Attempt,
  succeeded: (facts: HopFacts) => Hop,
): CompletionEvent {
  if (event.case !== "completed") return event;
  const { usage, serviceTier, hops } = event.value;
  const cost = costAt(endpoint, usage, serviceTier);
  const completed: Completed = { ...event.value, hops: [...hops, succeeded({ usage, cost })] };
  return { case: "completed", value: cost ? { ...completed, cost } : completed };
}

function textBytesOf(event: CompletionEvent): number {
  const piece = event.case === "delta" ? event.value.piece : undefined;
  return piece?.case === "text" ? Buffer.byteLength(piece.value) : 0;
}

/** A stream that was broken off from above, by time or by its caller, has not been told what it used: estimate it. */
function withUsage(error: GatewayError, { request }: Attempt, sentBytes: number): GatewayError {
  return error.usage ? error : error.with({ usage: estimateUsage(request, sentBytes) });
}

function withFailedHop(error: GatewayError, record: (facts: HopFacts) => Hop): GatewayError {
  const { usage, providerRequestId } = error;
  return error.with({ hops: [...error.hops, record({ error, usage, providerRequestId })] });
}

/** Errors that say the same whether or not the stream had begun. */
const outlivesTheStart: ReadonlySet<ErrorReason> = new Set([
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
