import type { CompletionEvent } from "../core/reply.ts";

type Events = AsyncIterable<CompletionEvent>;
type Result = IteratorResult<CompletionEvent>;

/** What a recording asks and tells about itself. */
export interface RecordingOptions {
  /** Asks whether so many more bytes may be kept. The first no is final: from then on it keeps only what is still to be read. */
  readonly keep: (bytes: number) => boolean;
  /** All of it is there, `completed` last; not called when it was not kept. */
  readonly whole: (events: readonly CompletionEvent[]) => void;
  /** It will never be whole, or is not kept. Called at most once, and never after `whole`. */
  readonly lost: () => void;
}

/** The events of one answer for several readers, each at its own pace. The fastest one's pace is the source's. */
export interface Recording {
  /** From the first event on; only to be called while everything was kept. When the last reader leaves, the source is closed. */
  read(): AsyncIterableIterator<CompletionEvent>;
  /** Whether the source has nothing more to bring. */
  readonly isOver: boolean;
}

/** How far the fastest reader of a recording that is not kept may be ahead of the slowest, in bytes. */
const mostAheadBytes = 256 * 1024;

const finished = { done: true, value: undefined } as const;

/** Begins to record; nothing is read before somebody reads. */
export function recordEvents(events: Events, options: RecordingOptions): Recording {
  const source = events[Symbol.asyncIterator]();
  const tape = createTape();
  const readers = new Set<{ position: number }>();
  let waiting: (() => void)[] = [];
  let ended: { readonly error?: unknown } | undefined;
  let isReading = false;
  let isKept = true;
  let isLost = false;

  const wake = () => {
    const woken = waiting;
    waiting = [];
    for (const go of woken) go();
  };
  const lose = () => {
    if (!isLost) options.lost();
    isLost = true;
  };
  const take = (result: Result) => {
    isReading = false;
    if (result.done) end({});
    else add(result.value);
    wake();
  };
  const fail = (error: unknown) => {
    isReading = false;
    end({ error });
    wake();
  };
  const end = (ending: { readonly error?: unknown }) => {
    if (ended) return;
    ended = ending;
    lose();
  };
  const add = (event: CompletionEvent) => {
    const bytes = bytesOf(event);
    tape.add(event, bytes);
    if (isKept && !options.keep(bytes)) {
      isKept = false;
      lose();
    }
    if (event.case === "completed") complete();
  };
  /** What is whole needs its source no more. */
  const complete = () => {
    if (isKept) {
      isLost = true;
      options.whole(tape.all());
    }
    ended = {};
    closeQuietly(source);
  };
  const pull = () => {
    const isFarAhead = !isKept && tape.bytes > mostAheadBytes;
    if (ended || isReading || isFarAhead) return;
    isReading = true;
    source.next().then(take, fail);
  };
  /** Lets go of what everybody has read, and goes on if somebody waited for that. */
  const trim = () => {
    if (isKept) return;
    tape.dropUntil(Math.min(...[...readers].map(({ position }) => position)));
    if (waiting.length > 0) pull();
  };
  let closing: Promise<unknown> | undefined;
  const close = async () => {
    if (!ended) closing = source.return?.();
    end({});
    await closing;
  };

  return {
    get isOver() {
      return ended !== undefined;
    },
    read() {
      const reader = { position: 0 };
      readers.add(reader);
      let isLeft = false;
      return {
        async next() {
          while (!isLeft) {
            const event = tape.at(reader.position);
            if (event) {
              reader.position++;
              trim();
              return { done: false, value: event };
            }
            if (ended) {
              if ("error" in ended) throw ended.error;
              return finished;
            }
            await new Promise<void>((resolve) => {
              waiting.push(resolve);
              pull();
            });
          }
          return finished;
        },
        async return() {
          isLeft = true;
          readers.delete(reader);
          wake();
          if (readers.size === 0) await close();
          else trim();
          return finished;
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
  };
}

/** Events by their position in the answer, of which the first ones may be gone. */
function createTape() {
  let kept: { readonly event: CompletionEvent; readonly bytes: number }[] = [];
  let gone = 0;
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    add(event: CompletionEvent, eventBytes: number) {
      kept.push({ event, bytes: eventBytes });
      bytes += eventBytes;
    },
    at: (position: number) => kept[position - gone]?.event,
    all: () => kept.map(({ event }) => event),
    dropUntil(position: number) {
      const count = Math.min(position - gone, kept.length);
      for (const dropped of kept.slice(0, count)) bytes -= dropped.bytes;
      kept = kept.slice(count);
      gone += count;
    },
  };
}

function closeQuietly(source: AsyncIterator<CompletionEvent>): void {
  source.return?.()?.catch(() => {});
}

/** What an event takes in memory, about: its strings at two bytes a character, and what holds them. */
function bytesOf(event: CompletionEvent): number {
  if (event.case !== "delta") return objectBytes * 8;
  const { piece } = event.value;
  switch (piece.case) {
    case "text":
      return objectBytes + 2 * piece.value.length;
    case "toolUse": {
      const { id, name, inputJson } = piece.value;
      return objectBytes + 2 * (id.length + name.length + inputJson.length);
    }
    case "reasoning": {
      const { text, signature, redactedContent } = piece.value;
      return objectBytes + 2 * (text.length + signature.length) + redactedContent.length;
    }
    default:
      return objectBytes;
  }
}

/** A delta without its text. */
const objectBytes = 256;
