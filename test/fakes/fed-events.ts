import type { Call } from "../../server/core/call.ts";
import type { Handler } from "../../server/core/layer.ts";
import type { CompletionEvent } from "../../server/core/reply.ts";
import { abortError } from "../../server/core/signals.ts";
import { replyOver } from "./scripted-handler.ts";

type Result = IteratorResult<CompletionEvent>;

/** Events that a test feeds one by one, to a handler's reply that follows its call's abort as every provider's does. */
export interface FedCall {
  readonly call: Call;
  /** Lets the handler's promise settle. */
  answer(): void;
  /** The same, with an error. */
  refuse(error: unknown): void;
  /** The next events; they wait until they are read. After `completed` the source ends. */
  feed(...events: readonly CompletionEvent[]): void;
  /** After the events that were fed, the source fails. */
  break(error: unknown): void;
  /** How often the source was read and closed. */
  readonly reads: number;
  readonly closes: number;
  readonly isBroken: boolean;
}

/** A handler whose calls a test answers by hand. */
export interface FedHandler {
  readonly handle: Handler;
  readonly calls: readonly FedCall[];
}

export function fedHandler(): FedHandler {
  const calls: FedCall[] = [];
  return {
    calls,
    handle(call) {
      const { fed, reply } = createFed(call);
      calls.push(fed);
      return reply;
    },
  };
}

function createFed(call: Call) {
  const begun = Promise.withResolvers<ReturnType<typeof replyOver>>();
  const fed: CompletionEvent[] = [];
  let failure: { readonly error: unknown } | undefined;
  let reading: { resolve(result: Result): void; reject(error: unknown): void } | undefined;
  let reads = 0;
  let closes = 0;
  let isWhole = false;

  const settle = () => {
    if (!reading) return;
    const event = fed.shift();
    if (event) reading.resolve({ done: false, value: event });
    else if (isWhole) reading.resolve({ done: true, value: undefined });
    else if (failure) reading.reject(failure.error);
    else return;
    isWhole ||= event?.case === "completed";
    reading = undefined;
  };
  const fail = (error: unknown) => {
    failure ??= { error };
    begun.reject(error);
    settle();
  };
  const abort = () => {
    fed.length = 0;
    fail(abortError(call.signal));
  };
  if (call.signal.aborted) abort();
  call.signal.addEventListener("abort", abort, { once: true });

  const events = {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise<Result>((resolve, reject) => {
          reads++;
          reading = { resolve, reject };
          settle();
        }),
      return: () => {
        closes++;
        return Promise.resolve({ done: true, value: undefined } as const);
      },
    }),
  };
  const controls: FedCall = {
    call,
    answer: () => begun.resolve(replyOver(events)),
    refuse: fail,
    feed(...more) {
      if (!failure) fed.push(...more);
      settle();
    },
    break: fail,
    get reads() {
      return reads;
    },
    get isBroken() {
      return failure !== undefined;
    },
    get closes() {
      return closes;
    },
  };
  return { fed: controls, reply: begun.promise };
}
