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

/** How a sequence of events ended: read up to `completed`, broken by an error, or left by its reader before that. */
export type Ending =
  | { readonly kind: "finished" }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "abandoned" };

/** Events that are all there, as a sequence to be read once. */
export function listEvents(
  events: readonly CompletionEvent[],
): AsyncIterableIterator<CompletionEvent> {
  let position = 0;
  return {
    next() {
      const event = events[position++];
      return Promise.resolve(
        event ? { done: false, value: event } : { done: true, value: undefined },
      );
    },
    return() {
      position = events.length;
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** What a watcher sees. Neither function may throw; `end` runs exactly once, however the events end. */
export interface Tap {
  readonly event?: (event: CompletionEvent) => void;
  readonly end?: (ending: Ending) => void;
}

/**
 * Watches events without changing them. Events that are wrapped already get one watcher more, and no wrapper: what layers
 * cost a token is the wrappers that it goes through.
 */
export function tapEvents(events: Events, tap: Tap): Events {
  const wrapped = isWrapped(events) ? events : wrap(events, passOn);
  wrapped[watch](watcherOf(tap));
  return wrapped;
}

/** Sees everything that leaves a wrapper. */
interface Watcher {
  see(result: Result): void;
  fail(error: unknown): void;
  leave(): void;
}

function watcherOf(tap: Tap): Watcher {
  let whole = false;
  let ended = false;
  const end = (ending: Ending) => {
    if (ended) return;
    ended = true;
    tap.end?.(ending);
  };
  return {
    see({ done, value }) {
      if (done) return end({ kind: "finished" });
      whole ||= value.case === "completed";
      if (!ended) tap.event?.(value);
    },
    fail: (error) => end({ kind: "failed", error }),
    leave: () => end({ kind: whole ? "finished" : "abandoned" }),
  };
}

/** What a change does. */
export interface Change {
  /**
   * Turns one event into none, one or several, at once or, where it has to ask somebody, later; what it throws ends the
   * events with that error.
   */
  readonly event: (
    event: CompletionEvent,
  ) => readonly CompletionEvent[] | Promise<readonly CompletionEvent[]>;
  /** Turns an error from below into the one that goes on; the default passes it unchanged. */
  readonly error?: (error: unknown) => unknown;
}

/** Changes events. What it throws itself also closes the source. */
export function mapEvents(events: Events, change: Change): Events {
  return wrap(events, (source) => {
    let ready: readonly CompletionEvent[] = [];
    let position = 0;

    const take = (result: Result): Result | Promise<Result> => {
      if (result.done) return result;
      try {
        const changed = change.event(result.value);
        return changed instanceof Promise ? changed.then(give, closeAndThrow) : give(changed);
      } catch (error) {
        return closeAndThrow(error);
      }
    };
    const give = (changed: readonly CompletionEvent[]): Result | Promise<Result> => {
      ready = changed;
      position = 1;
      const [first] = changed;
      return first ? { done: false, value: first } : source.next().then(take, fail);
    };
    /** Errors of the source are translated; errors of the change are not, but close the source. */
    const fail = (error: unknown): never => {
      throw change.error ? change.error(error) : error;
    };
    const closeAndThrow = async (error: unknown): Promise<never> => {
      await source.return?.();
      throw error;
    };
    return {
      ready: () => ready[position++],
      take,
      fail,
      async leave() {
        await source.return?.();
      },
    };
  });
}

/** What somebody who limits waiting is told, and how the wait is ended. */
export interface Guard {
  /** The reader waits for the next event from now on. */
  readonly waiting: () => void;
  /** The wait is over: an event, the end or an error came. */
  readonly arrived: () => void;
  /** Runs exactly once, before the source is closed. */
  readonly end: () => void;
}

/** Guarded events, and the way to break them off. */
export interface GuardedEvents {
  readonly events: Events;
  /** Ends the events with this error at once, even if the source never answers the read that is under way. */
  fail(error: unknown): void;
}

/** Lets a guard see every wait and end it. Nothing is raced per event: a broken wait rejects the read under way. */
export function guardEvents(source: Events, guard: Guard): GuardedEvents {
  let failure: { error: unknown } | undefined;
  let rejectRead: ((error: unknown) => void) | undefined;
  let ended = false;
  const end = () => {
    if (!ended) guard.end();
    ended = true;
  };
  const events = wrap(source, (inner) => ({
    read() {
      if (failure) {
        end();
        void inner.return?.()?.catch(() => {});
        return Promise.reject(failure.error);
      }
      guard.waiting();
      return new Promise<Result>((resolve, reject) => {
        rejectRead = reject;
        inner.next().then(resolve, reject);
      });
    },
    take(result) {
      guard.arrived();
      if (result.done) end();
      return result;
    },
    fail(error) {
      guard.arrived();
      end();
      throw error;
    },
    async leave() {
      end();
      await inner.return?.();
    },
  }));
  return {
    events,
    fail(error) {
      if (ended) return;
      failure = { error };
      rejectRead?.(error);
    },
  };
}

/**
 * Waits for the first event and gives the whole sequence back, first event included: this is the moment that commits.
 * Undefined when there was no event at all.
 */
export async function untilFirst(events: Events): Promise<Events | undefined> {
  const source = events[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done) return undefined;
  let replayed = false;
  const rest: AsyncIterator<CompletionEvent> = {
    next: () => {
      if (replayed) return source.next();
      replayed = true;
      return Promise.resolve(first);
    },
    return: async () => {
      replayed = true;
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => rest };
}

/** The part of an iterator that a wrapper writes itself. */
interface Wrapper {
  /** An event that waits already. */
  ready?(): CompletionEvent | undefined;
  /** Reads the source; the default reads it and nothing else. */
  read?(): Promise<Result>;
  /** What becomes of what was read. Not asked any more once the reader has left. */
  take(result: Result): Result | Promise<Result>;
  /** Throws what becomes of an error of the source. */
  fail(error: unknown): never;
  leave(): Promise<void>;
}

/** Adds a watcher to events that nobody reads yet; it sees what the watchers before it have seen. */
const watch = Symbol("watch");

interface WrappedEvents extends Events {
  [watch](watcher: Watcher): void;
}

function isWrapped(events: Events): events is WrappedEvents {
  return watch in events;
}

const passOn = (source: AsyncIterator<CompletionEvent>): Wrapper => ({
  take: (result) => result,
  fail(error) {
    throw error;
  },
  async leave() {
    await source.return?.();
  },
});

const finished = { done: true, value: undefined } as const;

/**
 * The one place that knows the protocol of async iterators: after an end, an error or a `return` nothing more comes,
 * `return` closes the source once, and `throw` does the same and then throws. Not a generator, because a generator
 * queues `return` behind a `next` that may never settle; and no async functions on the way of an event, because each
 * layer would add several turns of the microtask queue to every token.
 */
function wrap(
  events: Events,
  create: (source: AsyncIterator<CompletionEvent>) => Wrapper,
): WrappedEvents {
  const source: PiledIterator = events[Symbol.asyncIterator]();
  const wrapper = create(source);
  /** The innermost first. */
  const watchers: Watcher[] = [];
  let over = false;
  const take = (result: Result): Result | Promise<Result> => {
    if (over) return finished;
    const taken = wrapper.take(result);
    return taken instanceof Promise ? taken.then(settle, end) : settle(taken);
  };
  const settle = (result: Result): Result => {
    if (over) return finished;
    if (result.done) over = true;
    for (const watcher of watchers) watcher.see(result);
    return result;
  };
  const end = (error: unknown): never => {
    over = true;
    for (const watcher of watchers) watcher.fail(error);
    throw error;
  };
  const fail = (error: unknown): never => {
    let failure: unknown;
    try {
      wrapper.fail(error);
    } catch (thrown) {
      failure = thrown;
    }
    return end(failure);
  };
  const own: Reader<Result | Promise<Result>> = { take, fail };
  const waiting = (): Result | undefined => {
    if (over) return finished;
    const event = wrapper.ready?.();
    return event && settle({ done: false, value: event });
  };
  const read = <T>(reader: Reader<T | Promise<T>>): Promise<T> =>
    wrapper.read ? wrapper.read().then(reader.take, reader.fail) : readFrom(source, reader);
  const pileUnder = rememberLast((above: Reader<unknown>) => pile(own, above));
  const iterator: PiledIterator = {
    next() {
      const result = waiting();
      return result ? Promise.resolve(result) : read(own);
    },
    [readInto]<T>(above: Reader<T | Promise<T>>) {
      const result = waiting();
      if (result) return Promise.resolve(result).then(above.take, above.fail);
      return read(pileUnder(above) as Reader<T | Promise<T>>);
    },
    async return() {
      if (!over) {
        over = true;
        for (const watcher of watchers.toReversed()) watcher.leave();
        await wrapper.leave();
      }
      return finished;
    },
    async throw(error) {
      await iterator.return?.();
      throw error;
    },
  };
  return {
    [watch]: (watcher) => void watchers.push(watcher),
    [Symbol.asyncIterator]: () => iterator,
  };
}
