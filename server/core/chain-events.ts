import {
  type PiledIterator,
  pile,
  type Reader,
  readFrom,
  readInto,
  rememberLast,
} from "./piled-reads.ts";
import type { CompletionEvent } from "./reply.ts";

type Events = AsyncIterable<CompletionEvent>;
type Result = IteratorResult<CompletionEvent>;

/** What comes in the place of events that failed. */
export interface Following {
  /** Come first, unseen by `Chain.event`. */
  readonly before: readonly CompletionEvent[];
  readonly events: Events;
}

/** Watches events and knows how they go on when they fail. Only `follow` may throw. */
export interface Chain {
  /** Sees every event, and gives the one that goes on. */
  readonly event: (event: CompletionEvent) => CompletionEvent;
  /** Asked each time the events fail: what follows, or throws the error that they end with. */
  readonly follow: (error: unknown) => Promise<Following>;
  /** Runs exactly once. `abandoned`: the reader left, perhaps while `follow` is under way. */
  readonly end: (ending: "finished" | "failed" | "abandoned") => void;
}

const finished = { done: true, value: undefined } as const;

/**
 * Events that go on elsewhere where their source fails. Keeps the protocol of the other helpers in `events.ts`: after an
 * end, an error or a `return` nothing more comes, and whatever is open is closed once, even what comes too late.
 */
export function chainEvents(events: Events, chain: Chain): Events {
  let source: PiledIterator = events[Symbol.asyncIterator]();
  let before: readonly CompletionEvent[] = [];
  let position = 0;
  let isOver = false;

  const end = (ending: Parameters<Chain["end"]>[0]) => {
    if (isOver) return;
    isOver = true;
    chain.end(ending);
  };
  const take = (result: Result): Result => {
    if (isOver) return finished;
    if (!result.done) {
      const value = chain.event(result.value);
      return value === result.value ? result : { done: false, value };
    }
    end("finished");
    return finished;
  };
  const follow = async (error: unknown): Promise<Result> => {
    if (isOver) return finished;
    try {
      const following = await chain.follow(error);
      const next = following.events[Symbol.asyncIterator]();
      if (isOver) {
        await next.return?.();
        return finished;
      }
      source = next;
      before = following.before;
      position = 0;
    } catch (failure) {
      if (isOver) return finished;
      end("failed");
      throw failure;
    }
    return iterator.next();
  };
  const own: Reader<Result | Promise<Result>> = { take, fail: follow };
  const pileUnder = rememberLast((above: Reader<unknown>) => pile(own, above));
  const waiting = (): Result | undefined => {
    if (isOver) return finished;
    const event = position < before.length ? before[position++] : undefined;
    return event && { done: false, value: event };
  };
  const iterator: PiledIterator = {
    next() {
      const result = waiting();
      return result ? Promise.resolve(result) : readFrom(source, own);
    },
    [readInto]<T>(above: Reader<T | Promise<T>>) {
      const result = waiting();
      if (result) return Promise.resolve(result).then(above.take, above.fail);
      return readFrom(source, pileUnder(above) as Reader<T | Promise<T>>);
    },
    async return() {
      if (isOver) return finished;
      end("abandoned");
      await source.return?.();
      return finished;
    },
    async throw(error) {
      await iterator.return?.();
      throw error;
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
