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
  let source = events[Symbol.asyncIterator]();
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
    if (!result.done) return { done: false, value: chain.event(result.value) };
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
  const iterator: AsyncIterator<CompletionEvent> = {
    next() {
      if (isOver) return Promise.resolve(finished);
      const event = position < before.length ? before[position++] : undefined;
      if (event) return Promise.resolve({ done: false, value: event });
      return source.next().then(take, follow);
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
