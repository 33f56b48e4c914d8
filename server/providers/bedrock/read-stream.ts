import type { Endpoint } from "../../core/call.ts";
import { GatewayError } from "../../core/error.ts";
import type { CompletionEvent } from "../../core/reply.ts";
import { abortError, type LinkedAbort } from "../../core/signals.ts";
import { coalesceDeltas } from "../coalesce-deltas.ts";
import type { AnswerEnding } from "./answer-ending.ts";
import type { StreamDecoder } from "./codecs/codec.ts";
import { malformed, providerError } from "./errors.ts";
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

/**
 * The events of a stream, deltas that came together joined. Checks that the answer is whole: neither the SDK nor HTTP
 * minds a stream that stops early. Leaving before the end aborts the request, which is the only way to stop the model
 * and its bill; a model that the decoder has cut short is stopped the same way.
 */
export async function* readStream({
  answer,
  decoder,
  ending,
  endpoint,
  link,
}: OpenStream): AsyncGenerator<CompletionEvent, void, undefined> {
  const { requestId: providerRequestId } = answer;
  const batches = answer.batches[Symbol.asyncIterator]();
  let isWhole = false;
  try {
    while (!isWhole) {
      const batch = await batches.next();
      const read = batch.done ? lastEvents(decoder) : eventsOf(batch.value, decoder, ending);
      for (const event of coalesceDeltas(read.events)) {
        isWhole ||= event.case === "completed";
        yield ending.settle(event);
      }
      if (read.failure) throw read.failure.error;
      if (batch.done && !isWhole) throw malformed("The stream ended before the answer was whole.");
    }
  } catch (error) {
    if (link.signal.aborted) throw abortError(link.signal);
    throw providerError(error, { endpoint, usage: decoder.usageSoFar(), providerRequestId });
  } finally {
    if (isWhole && !decoder.isCutShort) void readToEnd(batches, link);
    else {
      link.abort(GatewayError.cancelled());
      link.release();
    }
  }
}

/** What one batch brought: events, and then perhaps a failure. */
interface BatchRead {
  readonly events: CompletionEvent[];
  readonly failure?: { readonly error: unknown };
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
      events.push(...decoder.push(chunk));
      if (events.at(-1)?.case === "completed") break;
    }
    return { events };
  } catch (error) {
    return { events, failure: { error } };
  }
}

function lastEvents(decoder: StreamDecoder): BatchRead {
  return { events: decoder.end?.() ?? [] };
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
