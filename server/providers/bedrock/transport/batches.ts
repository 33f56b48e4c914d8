import type { ResponseBody } from "../../http/response-body.ts";
import { createEventStreamDecoder } from "./event-stream.ts";
import { eventOf } from "./stream-events.ts";
import type { BedrockApi } from "./transport.ts";

/**
 * The events of an event stream, one list for what one read completed. What is broken, and what the service reports, is
 * thrown after the events that came before it. Leaving early closes nothing: only an abort of the request does.
 */
export function batchesOf(
  body: ResponseBody,
  api: BedrockApi,
): AsyncIterableIterator<readonly unknown[]> {
  const decoder = createEventStreamDecoder();
  let failure: { readonly error: unknown } | undefined;
  let isOver = false;

  function decode(bytes: Buffer): unknown[] {
    const events: unknown[] = [];
    try {
      decoder.push(bytes, (frame) => {
        const event = eventOf(frame, api);
        if (event !== undefined) events.push(event);
      });
    } catch (error) {
      failure = { error };
    }
    return events;
  }

  return {
    async next() {
      while (!failure && !isOver) {
        const bytes = await body.next();
        if (bytes) {
          const events = decode(bytes);
          if (events.length > 0) return { done: false, value: events };
        } else {
          isOver = true;
          decoder.end();
        }
      }
      if (failure && !isOver) {
        isOver = true;
        throw failure.error;
      }
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
