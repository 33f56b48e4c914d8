import type { Endpoint } from "../../core/call.ts";
import { GatewayError } from "../../core/error.ts";
import type { CompletionEvent } from "../../core/reply.ts";
import { abortError, type LinkedAbort } from "../../core/signals.ts";
import { coalesceDeltas } from "../coalesce-deltas.ts";
import { malformed } from "../codec-parts/malformed.ts";
import type { StreamDecoder } from "../codec-parts/stream-decoder.ts";
import type { AnswerEnding } from "./answer-ending.ts";
import { providerError } from "./errors.ts";
import type { StreamedAnswer } from "./transport/transport.ts";

/** A stream, and what reads it. */
export interface OpenStream {
  readonly answer: StreamedAnswer;
  readonly decoder: StreamDecoder;
  readonly ending: AnswerEnding;
  readonly endpoint: Endpoint;
  /** Aborts the request; released when the stream is over. */
  readonly link: LinkedAbort;
}

type Result = IteratorResult<CompletionEvent>;

/**
 * The events of a stream, deltas that came together joined. Checks that the answer is whole: neither the SDK nor HTTP
 * minds a stream that stops early. Leaving before the end aborts the request, which is the only way to stop the model
 * and its bill; a model that the decoder has cut short is stopped the same way.
 */
export function readStream({
  answer,
  decoder,
  ending,
  endpoint,
  link,
}: OpenStream): AsyncIterableIterator<CompletionEvent> {
  const { requestId: providerRequestId } = answer;
  const batches = answer.batches[Symbol.asyncIterator]();
  const finished: Result = { done: true, value: undefined };
  let ready: readonly CompletionEvent[] = [];
  let position = 0;
  let broken: { readonly error: unknown } | undefined;
  let isOver = false;

  const next = (): Result | Promise<Result> => {
    if (isOver) return finished;
    const event = ready[position++];
    if (event) return give(event);
    return broken ? fail(broken.error) : batches.next().then(take, fail);
  };

  const give = (event: CompletionEvent): Result => {
    if (event.case === "completed") {
      isOver = true;
      if (decoder.isCutShort) stop(link);
      else void readToEnd(batches, link);
    }
    return { done: false, value: ending.settle(event) };
  };

  const take = (batch: IteratorResult<readonly unknown[]>): Result | Promise<Result> => {
    const read = batch.done ? lastEvents(decoder) : eventsOf(batch.value, decoder, ending);
    ready = coalesceDeltas(read.events);
    position = 0;
    broken = read.broken;
    return next();
  };

  const fail = (error: unknown): never => {
    const wasAborted = link.signal.aborted;
    leave();
    if (wasAborted) throw abortError(link.signal);
    throw providerError(error, { endpoint, usage: decoder.usageSoFar(), providerRequestId });
  };

  const leave = () => {
    if (isOver) return;
    isOver = true;
    stop(link);
  };

  return {
    // Not an async function, and no promise around another: this runs for every token.
    next() {
      try {
        const result = next();
        return result instanceof Promise ? result : Promise.resolve(result);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    async return() {
      leave();
      return finished;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function stop(link: LinkedAbort): void {
  link.abort(GatewayError.cancelled());
  link.release();
}

/** What one batch brought: events, and then perhaps a failure. */
interface BatchRead {
  readonly events: readonly CompletionEvent[];
  readonly broken?: { readonly error: unknown };
}

/** Nothing is read after `completed`. */
function eventsOf(
  chunks: readonly unknown[],
  decoder: StreamDecoder,
  ending: AnswerEnding,
): BatchRead {
  const events: CompletionEvent[] = [];
  try {
    for (const chunk of chunks) {
      ending.see(chunk);
      for (const event of decoder.push(chunk)) events.push(event);
      if (events.at(-1)?.case === "completed") break;
    }
    return { events };
  } catch (error) {
    return { events, broken: { error } };
  }
}

/** What the decoder had held back; an answer that is not whole then never will be. */
function lastEvents(decoder: StreamDecoder): BatchRead {
  const error = malformed("The stream ended before the answer was whole.");
  return { events: decoder.end?.() ?? [], broken: { error } };
}

/** How long the end of a stream may take after its terminal event before its connection is given up. */
const endOfStreamMs = 1000;

/** A connection can only be used again when its stream was read to the end; nobody waits for that. */
async function readToEnd(batches: AsyncIterator<unknown>, link: LinkedAbort): Promise<void> {
  const overdue = setTimeout(() => link.abort(GatewayError.cancelled()), endOfStreamMs).unref();
  try {
    while (!(await batches.next()).done);
  } catch {
    // The answer is whole; how its connection ends is of no consequence.
  } finally {
    clearTimeout(overdue);
    link.release();
  }
}
