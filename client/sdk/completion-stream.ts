import { Code } from "@connectrpc/connect";
import type {
  Completed,
  CompleteStreamResponse,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { GatewayCallError } from "./gateway-call-error.ts";
import type { RunningCall } from "./running-calls.ts";

/**
 * A streamed answer: loop over it for the text, piece by piece. The call is made when it is first read. Leaving a loop
 * early cancels the call, up to the provider. It keeps its events, so it can be read in several ways and more than once,
 * each from the start.
 */
export interface CompletionStream extends AsyncIterable<string> {
  /** Every event of the contract instead of the text alone. */
  readonly events: AsyncIterable<CompleteStreamResponse>;
  /** The gateway's id of the call; undefined until the first event is in. */
  readonly requestId: string | undefined;
  /** The whole text. Reads what is left. */
  text(): Promise<string>;
  /** Model, usage, cost, finish reason and hops. Reads what is left. */
  summary(): Promise<Completed>;
}

/** Begins the call; called at most once, at the first read. */
export type OpenCall = () => {
  readonly call: RunningCall;
  readonly events: AsyncIterable<CompleteStreamResponse>;
};

export function createCompletionStream(open: OpenCall): CompletionStream {
  const recording = recordEvents(open);
  const view = <T>(pick: (event: CompleteStreamResponse) => T | undefined): AsyncIterable<T> => ({
    [Symbol.asyncIterator]: () => readEvents(recording, pick),
  });
  const text = view(textOf);
  const whole = async <T>(pieces: AsyncIterable<T>) => {
    const all: T[] = [];
    for await (const piece of pieces) all.push(piece);
    return all;
  };
  return {
    [Symbol.asyncIterator]: () => text[Symbol.asyncIterator](),
    events: view((event) => event),
    get requestId() {
      return requestIdOf(recording.events);
    },
    text: async () => (await whole(text)).join(""),
    async summary() {
      const [completed] = await whole(view(completedOf));
      if (completed) return completed;
      throw truncated(requestIdOf(recording.events));
    },
  };
}

function textOf({ event }: CompleteStreamResponse): string | undefined {
  if (event.case !== "delta" || event.value.piece.case !== "text") return undefined;
  return event.value.piece.value;
}

function completedOf({ event }: CompleteStreamResponse): Completed | undefined {
  return event.case === "completed" ? event.value : undefined;
}

function requestIdOf([first]: readonly CompleteStreamResponse[]): string | undefined {
  return first?.event.case === "started" ? first.event.value.requestId : undefined;
}

/** The events of one call, read from the network as far as its readers have come. */
interface Recording {
  readonly events: readonly CompleteStreamResponse[];
  /** The event at this position, or undefined after the last one. Rejects with a `GatewayCallError`. */
  at(position: number): Promise<CompleteStreamResponse | undefined>;
  /** Cancels the call unless it has ended; never rejects. */
  cancel(): Promise<void>;
}

function recordEvents(open: OpenCall): Recording {
  const events: CompleteStreamResponse[] = [];
  let source: AsyncIterator<CompleteStreamResponse> | undefined;
  let call: RunningCall | undefined;
  let reading: Promise<void> | undefined;
  let ended: { readonly error?: GatewayCallError } | undefined;

  const begin = () => {
    const opened = open();
    call = opened.call;
    return opened.events[Symbol.asyncIterator]();
  };
  /** Takes in one event. Never rejects: a failure is kept for whoever reads up to it. */
  const readOne = async () => {
    try {
      source ??= begin();
      const next = await source.next();
      if (!next.done) return void events.push(next.value);
      ended = events.some(completedOf) ? {} : { error: truncated(requestIdOf(events)) };
    } catch (error) {
      ended = { error: GatewayCallError.from(error, requestIdOf(events)) };
    }
    call?.end();
  };
  /** Readers that wait for the same event wait for one read. */
  const read = () => {
    reading ??= readOne().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  return {
    events,
    async at(position) {
      while (position >= events.length && !ended) await read();
      if (position >= events.length && ended?.error) throw ended.error;
      return events[position];
    },
    async cancel() {
      call?.cancel(readerLeft);
      if (!call) ended ??= { error: new GatewayCallError(Code.Canceled, readerLeft) };
      // The transport lets go of its timers only when its end is read.
      while (!ended) await read();
    },
  };
}

/** An iterator by hand: a generator's `return()` would wait for the event under way, and so delay the cancellation. */
function readEvents<T>(
  recording: Recording,
  pick: (event: CompleteStreamResponse) => T | undefined,
): AsyncIterator<T> {
  let position = 0;
  return {
    async next() {
      for (;;) {
        const event = await recording.at(position++);
        if (event === undefined) return { done: true, value: undefined };
        const value = pick(event);
        if (value !== undefined) return { done: false, value };
      }
    },
    async return() {
      void recording.cancel();
      return { done: true, value: undefined };
    },
  };
}

const readerLeft = "The reader left the stream before its end.";

function truncated(requestId: string | undefined): GatewayCallError {
  return new GatewayCallError(
    Code.DataLoss,
    "The stream ended without `completed`: something between the gateway and this client cut it. Its text is not the whole answer.",
    { reason: "STREAM_TRUNCATED", requestId },
  );
}
