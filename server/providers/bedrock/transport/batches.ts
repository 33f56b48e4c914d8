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

  const read = (): Promise<Result> => body.next().then(take);

  const take = (bytes: Buffer | undefined): Result | Promise<Result> => {
    if (!bytes) {
      isOver = true;
      decoder.end();
      return finished;
    }
    const events = decode(bytes);
    if (events.length > 0) return { done: false, value: events };
    return failure ? fail() : read();
  };

  const fail = (): never => {
    isOver = true;
    throw failure?.error;
  };

  return {
    // Not an async function: this runs for every token.
    next: () => {
      if (isOver) return Promise.resolve(finished);
      return failure ? new Promise(fail) : read();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

type Result = IteratorResult<readonly unknown[]>;

const finished = { done: true, value: undefined } as const;
