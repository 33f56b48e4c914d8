import { randomUUIDv7 } from "node:crypto";
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
import type { Origin } from "../core/origin.ts";
import { type CompletionEvent, closeReply, type Reply } from "../core/reply.ts";
import { fingerprintOf } from "../core/request-fingerprint.ts";
import { abortError, linkAbort } from "../core/signals.ts";
import { totalOfHops } from "../core/total-of-hops.ts";
import { draftAnswer } from "./answer.ts";
import type { Gate } from "./gate.ts";
import { checkIdempotencyKey } from "./idempotency-key.ts";
import { normalizeRequest } from "./normalize-request.ts";

/** What a door knows about a call besides the request itself. */
export interface Caller {
  /** From `newRequestId`, made when the call arrived. */
  readonly requestId: string;
  readonly principal: Principal;
  /** Where it calls from; absent where no door was passed. */
  readonly origin?: Origin | undefined;
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal;
  /** How long the caller will wait, in milliseconds; absent when it did not say. */
  readonly timeoutMs?: number | undefined;
  /** With the caller's trace, where it sent one. */
  readonly context: Context;
  /** The header `idempotency-key`; absent where it is not there. */
  readonly idempotencyKey?: string | undefined;
  /** It could not know that the gateway is leaving, so it is let in while new calls are refused. */
  readonly isOwed?: boolean | undefined;
  /** Called before the first message of an answer that was joined or repeated, so that the door can say so in a header. */
  readonly onReplay?: (() => void) | undefined;
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

/** A fresh id for a call: a UUID of version 7, which begins with the time, so that stores find those of one time together. */
export function newRequestId(): string {
  return randomUUIDv7();
}

/** Sets up the intake that all doors share. */
export function createIntake(options: IntakeOptions): Intake {
  return {
    async complete(request, caller) {
      const admitted = admit(request, caller, "unary", options);
      try {
        const reply = await options.handle(admitted.call);
        if (reply.replayOf) caller.onReplay?.();
        return await wholeAnswer(reply, admitted);
      } finally {
        admitted.leave();
      }
    },
    stream(request, caller) {
      return streamedAnswer(request, caller, options);
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
  gate.refuseIfFull();
  const idempotencyKey = checkIdempotencyKey(caller.idempotencyKey);
  const normalized = normalizeRequest(request);
  const visit = gate.enter(caller.isOwed, (reason) => link.abort(reason));
  const link = linkAbort(caller.signal);
  const call: Call = {
    id: caller.requestId,
    principal: caller.principal,
    ...(caller.origin && { origin: caller.origin }),
    request: normalized,
    delivery,
    arrivedMs,
    ...(idempotencyKey !== undefined && {
      repeat: { key: idempotencyKey, fingerprint: fingerprintOf(normalized) },
    }),
    signal: link.signal,
    deadlineMs: arrivedMs + Math.min(timeToAnswer(caller.timeoutMs), callTimeoutMs),
    context: caller.context,
  };
  return {
    call,
    arrivedMs,
    clock,
    leave() {
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

/**
 * The events of a call, numbered. A reader that stopped reading asks for no further event, so nobody would notice that
 * the call is over: the abort itself closes the reply. A reader that comes back after that gets the error, never a clean
 * end. Written out, because a generator would queue the close behind a read that may never settle.
 */
function streamedAnswer(
  request: CompleteRequest,
  caller: Caller,
  options: IntakeOptions,
): AsyncIterableIterator<CompleteStreamResponse> {
  const { signal } = caller;
  let admitted: Admitted | undefined;
  let reply: Reply | undefined;
  let events: AsyncIterator<CompletionEvent> | undefined;
  let firstMs = 0;
  let sequence = 0n;
  let isBeginning = false;
  let isLeft = false;
  let isOver = false;

  /** Closes the reply and lets the visitor go, once; a call that is still beginning does so itself. */
  const leave = async () => {
    signal.removeEventListener("abort", leave);
    if (isLeft || isBeginning) return;
    isLeft = true;
    try {
      if (reply) await closeReply(reply);
    } finally {
      admitted?.leave();
    }
  };

  const begin = async (): Promise<Result> => {
    try {
      if (signal.aborted) throw abortError(signal);
      admitted = admit(request, caller, "stream", options);
      isBeginning = true;
      reply = await options.handle(admitted.call);
      isBeginning = false;
      if (isOver || signal.aborted) throw abortError(signal);
      if (reply.replayOf) caller.onReplay?.();
      firstMs = admitted.clock.now();
      events = reply.events[Symbol.asyncIterator]();
      signal.addEventListener("abort", leave, { once: true });
      return numbered({ case: "started", value: started(reply, caller.requestId) });
    } catch (error) {
      isBeginning = false;
      return fail(error);
    }
  };

  const numbered = (event: CompleteStreamResponse["event"]): Result => ({
    done: false,
    // Plain, because there is one for every token and `create` would copy it.
    value: { $typeName: CompleteStreamResponseSchema.typeName, sequence: sequence++, event },
  });

  const take = (result: IteratorResult<CompletionEvent>): Result => {
    if (isOver) return finished;
    if (result.done || !reply || !admitted) {
      return fail(signal.aborted ? abortError(signal) : neverCompleted());
    }
    if (result.value.case !== "completed") return numbered(result.value);
    isOver = true;
    void leave();
    return numbered({
      case: "completed",
      value: filled(result.value.value, reply, admitted, firstMs),
    });
  };

  const fail = (error: unknown): never => {
    isOver = true;
    void leave();
    throw error;
  };

  return {
    next() {
      if (isOver) return Promise.resolve(finished);
      if (isLeft) return new Promise(() => fail(abortError(signal)));
      return events ? events.next().then(take, fail) : begin();
    },
    async return() {
      isOver = true;
      await leave();
      return finished;
    },
    /** What a door says of an answer that cannot be written, because nobody is there to read it. */
    async throw() {
      await this.return?.();
      throw GatewayError.cancelled();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

type Result = IteratorResult<CompleteStreamResponse>;

const finished = { done: true, value: undefined } as const;

function started({ endpoint, hops, replayOf = "" }: Reply, requestId: string) {
  const { provider, region, model } = endpoint;
  return create(StartedSchema, { requestId, provider, region, model, hops: [...hops], replayOf });
}

/**
 * What only the gateway knows about an answer: who served it, unless it says so itself because somebody else ended it, how
 * long it took, and what all attempts took together.
 */
function filled(
  completed: Completed,
  { endpoint, hops, replayOf = "" }: Reply,
  { call, arrivedMs, clock }: Admitted,
  firstMs: number,
): Completed {
  const allHops = [...hops, ...completed.hops];
  return {
    ...completed,
    ...totalOfHops(completed, allHops),
    model: completed.model || endpoint.model,
    provider: completed.provider || endpoint.provider,
    region: completed.region || endpoint.region,
    latencyMs: BigInt(Math.round(clock.now() - arrivedMs)),
    timeToFirstTokenMs: BigInt(Math.round(firstMs - arrivedMs)),
    hops: allHops,
    requestId: call.id,
    replayOf,
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
