import { GatewayError } from "../../core/error.ts";
import type { CompletionEvent } from "../../core/reply.ts";
import { abortError, type LinkedAbort } from "../../core/signals.ts";
import { coalesceDeltas } from "../coalesce-deltas.ts";
import { malformed } from "../codec-parts/malformed.ts";
import type { StreamDecoder } from "../codec-parts/stream-decoder.ts";
import type { ResponseBody } from "../http/response-body.ts";
import { fromThrown } from "./errors.ts";
import { readJson } from "./read-json.ts";
import { createSseParser, type SseParser } from "./sse-parser.ts";

/** A stream, and what reads it. */
export interface OpenStream {
  readonly body: ResponseBody;
  readonly decoder: StreamDecoder;
  readonly providerRequestId: string | undefined;
  /** Aborts the request; released when the stream is over. */
  readonly link: LinkedAbort;
}

/** The data of the event that ends a stream (OpenAI: Streaming). */
const endMarker = "[DONE]";

/**
 * The events of a stream, deltas that came together joined. A stream without its end marker is DATA_LOSS: HTTP minds
 * no stream that stops early. Leaving before the end aborts the request, which stops the model and its bill.
 */
export async function* readStream({
  body,
  decoder,
  providerRequestId,
  link,
}: OpenStream): AsyncGenerator<CompletionEvent, void, undefined> {
  const parser = createSseParser();
  let isWhole = false;
  try {
    while (!isWhole) {
      const bytes = await body.next();
      if (!bytes) throw malformed("The stream ended before the answer was whole.");
      const { events, failure } = eventsOf(bytes, parser, decoder);
      for (const event of coalesceDeltas(events)) {
        isWhole ||= event.case === "completed";
        yield event;
      }
      if (failure) throw failure.error;
    }
  } catch (error) {
    if (link.signal.aborted) throw abortError(link.signal);
    throw fromThrown(error, { usage: decoder.usageSoFar(), providerRequestId });
  } finally {
    if (isWhole && !decoder.isCutShort) void readToEnd(body, link);
    else {
      link.abort(GatewayError.cancelled());
      link.release();
    }
  }
}

/** What one read brought: events, and then perhaps a failure. */
interface Read {
  readonly events: CompletionEvent[];
  readonly failure?: { readonly error: unknown };
}

/** Nothing is read after the answer's end. */
function eventsOf(bytes: Buffer, parser: SseParser, decoder: StreamDecoder): Read {
  const events: CompletionEvent[] = [];
  try {
    for (const data of parser.push(bytes)) {
      events.push(...(data === endMarker ? lastEvents(decoder) : decoder.push(readJson(data))));
      if (events.at(-1)?.case === "completed") break;
    }
    return { events };
  } catch (error) {
    return { events, failure: { error } };
  }
}

function lastEvents(decoder: StreamDecoder): CompletionEvent[] {
  const events = decoder.end?.() ?? [];
  if (events.length === 0) throw malformed("The stream ended without a finish reason.");
  return events;
}

/** How long a response may take to end after its end marker before its connection is given up. */
const endOfStreamMs = 1000;

/** A connection can only be used again when its response was read to the end; nobody waits for that. */
async function readToEnd(body: ResponseBody, link: LinkedAbort): Promise<void> {
  const overdue = setTimeout(() => link.abort(GatewayError.cancelled()), endOfStreamMs).unref();
  try {
    while (await body.next());
  } catch {
    // The answer is whole; how its connection ends is of no consequence.
  } finally {
    clearTimeout(overdue);
    link.release();
  }
}
