import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import type { Context } from "@opentelemetry/api";
import {
  type Completed,
  type CompleteRequest,
  type CompleteResponse,
  type CompleteStreamResponse,
  CompleteStreamResponseSchema,
  StartedSchema,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Call, Delivery, Principal } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/error.ts";
import type { Handler } from "../core/layer.ts";
import { closeReply, type Reply } from "../core/reply.ts";
import { abortError, linkAbort } from "../core/signals.ts";
import { draftAnswer } from "./answer.ts";
import type { Gate } from "./gate.ts";
import { normalizeRequest } from "./normalize-request.ts";

/** What a door knows about a call besides the request itself. */
export interface Caller {
  /** From `newRequestId`, made when the call arrived. */
  readonly requestId: string;
  readonly principal: Principal;
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal;
  /** How long the caller will wait, in milliseconds; absent when it did not say. */
  readonly timeoutMs?: number | undefined;
  /** With the caller's trace, where it sent one. */
  readonly context: Context;
}

/** What every door does with a request: checks it, runs it through the pipeline, and shapes the contract's answer. */
export interface Intake {
  complete(request: CompleteRequest, caller: Caller): Promise<CompleteResponse>;
  /** Ends with `completed` or by throwing a `GatewayError`, whatever else happens; `return` ends the call. */
  stream(request: CompleteRequest, caller: Caller): AsyncIterableIterator<CompleteStreamResponse>;
}

export interface IntakeOptions {
  readonly handle: Handler;
  readonly gate: Gate;
  readonly clock: Clock;
  /** The longest that any call may take, in milliseconds; also what a caller without a deadline gets. */
  readonly callTimeoutMs: number;
}

/** A fresh id for a call: a UUID. */
export function newRequestId(): string {
  return randomUUID();
}

/** Sets up the intake that all doors share. */
export function createIntake(options: IntakeOptions): Intake {
  return {
    async complete(request, caller) {
      const admitted = admit(request, caller, "unary", options);
      try {
        const reply = await options.handle(admitted.call);
        return await wholeAnswer(reply, admitted);
      } finally {
        admitted.leave();
      }
    },
    stream(request, caller) {
      return endedByAbort(streamedAnswer(request, caller, options), caller.signal);
    },
  };
}

/** A call that was let in. */
interface Admitted {
  readonly call: Call;
  readonly arrivedMs: number;
  readonly clock: Clock;
  leave(): void;
}

function admit(
  request: CompleteRequest,
  caller: Caller,
  delivery: Delivery,
  { gate, clock, callTimeoutMs }: IntakeOptions,
): Admitted {
  const arrivedMs = clock.now();
  const normalized = normalizeRequest(request);
  const visit = gate.enter();
  const link = linkAbort(caller.signal);
  const sendAway = () => link.abort(abortError(visit.signal));
  visit.signal.addEventListener("abort", sendAway, { once: true });
  const call: Call = {
    id: caller.requestId,
    principal: caller.principal,
    request: normalized,
    delivery,
    signal: link.signal,
    deadlineMs: arrivedMs + Math.min(timeToAnswer(caller.timeoutMs), callTimeoutMs),
    context: caller.context,
  };
  return {
    call,
    arrivedMs,
    clock,
    leave() {
      visit.signal.removeEventListener("abort", sendAway);
      link.release();
      visit.leave();
    },
  };
}

/** The answer needs a moment to travel: a typed error that arrives after the caller's own clock has run out is lost. */
function timeToAnswer(timeoutMs: number | undefined): number {
  if (timeoutMs === undefined) return Number.POSITIVE_INFINITY;
  return timeoutMs - Math.min(25, timeoutMs / 10);
}

async function wholeAnswer(reply: Reply, admitted: Admitted): Promise<CompleteResponse> {
  const draft = draftAnswer();
  let firstMs: number | undefined;
  try {
    for await (const event of reply.events) {
      firstMs ??= admitted.clock.now();
      if (event.case === "delta") draft.add(event.value);
      if (event.case === "completed") {
        return draft.finish(filled(event.value, reply, admitted, firstMs));
      }
    }
  } finally {
    await closeReply(reply);
  }
  throw neverCompleted();
}

async function* streamedAnswer(
  request: CompleteRequest,
  caller: Caller,
  options: IntakeOptions,
): AsyncGenerator<CompleteStreamResponse, void, undefined> {
  const admitted = admit(request, caller, "stream", options);
  let sequence = 0n;
  const numbered = (event: CompleteStreamResponse["event"]) =>
    create(CompleteStreamResponseSchema, { sequence: sequence++, event });
  try {
    const reply = await options.handle(admitted.call);
    const firstMs = admitted.clock.now();
    try {
      yield numbered({ case: "started", value: started(reply, caller.requestId) });
      for await (const event of reply.events) {
        if (event.case !== "completed") yield numbered(event);
        else {
          const value = filled(event.value, reply, admitted, firstMs);
          yield numbered({ case: "completed", value });
          return;
        }
      }
    } finally {
      await closeReply(reply);
    }
    throw neverCompleted();
  } finally {
    admitted.leave();
  }
}

function started({ endpoint, hops }: Reply, requestId: string) {
  const { provider, region, model } = endpoint;
  return create(StartedSchema, { requestId, provider, region, model, hops: [...hops] });
}

/** What only the gateway knows about an answer: who served it, how long it took, and the attempts before. */
function filled(
  completed: Completed,
  { endpoint, hops }: Reply,
  { call, arrivedMs, clock }: Admitted,
  firstMs: number,
): Completed {
  return {
    ...completed,
    model: endpoint.model,
    provider: endpoint.provider,
    region: endpoint.region,
    latencyMs: BigInt(Math.round(clock.now() - arrivedMs)),
    timeToFirstTokenMs: BigInt(Math.round(firstMs - arrivedMs)),
    hops: [...hops, ...completed.hops],
    requestId: call.id,
  };
}

/** The pipeline promises that this cannot happen; a door must not call it a good end if it does. */
function neverCompleted(): GatewayError {
  return new GatewayError(
    Code.DataLoss,
    ErrorReason.PROVIDER_MALFORMED_RESPONSE,
    "The answer ended before it was whole. Ask again.",
  );
}

/**
 * A reader that stopped reading asks for no further event, so nobody would notice that the call is over: the abort
 * itself closes the stream. A reader that comes back after that gets the error, never a clean end.
 */
function endedByAbort(
  events: AsyncGenerator<CompleteStreamResponse, void, undefined>,
  signal: AbortSignal,
): AsyncIterableIterator<CompleteStreamResponse> {
  let over = false;
  const close = () => void events.return().catch(() => {});
  const release = () => {
    over = true;
    signal.removeEventListener("abort", close);
  };
  signal.addEventListener("abort", close, { once: true });
  return {
    async next() {
      if (over) return { done: true, value: undefined };
      try {
        const result = await events.next();
        if (result.done) throw signal.aborted ? abortError(signal) : neverCompleted();
        if (result.value.event.case === "completed") {
          release();
          close();
        }
        return result;
      } catch (error) {
        release();
        throw error;
      }
    },
    async return() {
      release();
      await events.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
