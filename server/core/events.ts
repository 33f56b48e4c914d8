import type { CompletionEvent } from "./reply.ts";
import { type Watcher, WrappedEvents, type Wrapper, wrap } from "./wrapped-events.ts";

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
  const wrapped = events instanceof WrappedEvents ? events : wrap(events, passOn);
  wrapped.watchers.push(new TapWatcher(tap));
  return wrapped;
}

/** A class, because every answer has several: closures would cost each of them more memory than its state. */
class TapWatcher implements Watcher {
  readonly #tap: Tap;
  #isWhole = false;
  #isOver = false;

  constructor(tap: Tap) {
    this.#tap = tap;
  }

  see({ done, value }: Result): void {
    if (this.#isOver) return;
    if (done) {
      this.#end({ kind: "finished" });
      return;
    }
    if (value.case === "completed") this.#isWhole = true;
    this.#tap.event?.(value);
  }

  fail(error: unknown): void {
    this.#end({ kind: "failed", error });
  }

  leave(): void {
    this.#end({ kind: this.#isWhole ? "finished" : "abandoned" });
  }

  #end(ending: Ending): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#tap.end?.(ending);
  }
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

const passOn = (source: AsyncIterator<CompletionEvent>): Wrapper => ({
  take: (result) => result,
  fail(error) {
    throw error;
  },
  async leave() {
    await source.return?.();
  },
});
