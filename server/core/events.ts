import type { CompletionEvent } from "./reply.ts";
import { type Events, type Result, type Risen, type Tap, WrappedEvents } from "./wrapped-events.ts";

export type { Ending, Tap } from "./wrapped-events.ts";

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

/**
 * Watches events without changing them. Events that are wrapped already get one watcher more, and no wrapper: what layers
 * cost a token is the wrappers that it goes through.
 */
export function tapEvents(events: Events, tap: Tap): Events {
  const wrapped = events instanceof WrappedEvents ? events : new WrappedEvents(events);
  wrapped.watch(tap);
  return wrapped;
}

/** What a change does. */
export interface Change {
  /**
   * Turns one event into another, or into a list of none or several, at once or, where it has to ask somebody, later; what
   * it throws ends the events with that error. The default passes events unchanged.
   */
  readonly event?: (event: CompletionEvent) => Changed | Promise<Changed>;
  /** Turns an error from below into the one that goes on, at once or later; the default passes it unchanged. */
  readonly error?: (error: unknown) => unknown;
}

/** What became of an event. */
export type Changed = CompletionEvent | readonly CompletionEvent[];

/** Changes events. What it throws itself also closes the source. */
export function mapEvents(events: Events, change: Change): Events {
  return new ChangedEvents(events, change);
}

class ChangedEvents extends WrappedEvents {
  readonly #change: Change["event"];
  readonly #error: Change["error"];
  #ready: readonly CompletionEvent[] = [];
  #position = 0;

  constructor(events: Events, { event, error }: Change) {
    super(events);
    this.#change = event;
    this.#error = error;
  }

  protected override ready(): CompletionEvent | undefined {
    return this.#position < this.#ready.length ? this.#ready[this.#position++] : undefined;
  }

  protected override take(result: Result): Risen {
    if (result.done || !this.#change) return result;
    try {
      const changed = this.#change(result.value);
      if (changed === result.value) return result;
      if (!(changed instanceof Promise)) return this.#give(changed);
      return changed.then(
        (late) => this.#give(late),
        (error) => this.#closeAndThrow(error),
      );
    } catch (error) {
      return this.#closeAndThrow(error);
    }
  }

  /** Errors of the source are translated; errors of the change are not, but close the source. */
  protected override fail(error: unknown): Promise<never> {
    const changed = this.#error ? this.#error(error) : error;
    if (!(changed instanceof Promise)) throw changed;
    return changed.then((late) => {
      throw late;
    });
  }

  #give(changed: Changed): Risen {
    if (!isList(changed)) return { done: false, value: changed };
    this.#ready = changed;
    this.#position = 1;
    const [first] = changed;
    return first ? { done: false, value: first } : this.readOn();
  }

  async #closeAndThrow(error: unknown): Promise<never> {
    await this.source.return?.();
    throw error;
  }
}

function isList(changed: Changed): changed is readonly CompletionEvent[] {
  return Array.isArray(changed);
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
  const events = new EventsUnderGuard(source, guard);
  return { events, fail: (error) => events.breakOff(error) };
}

class EventsUnderGuard extends WrappedEvents {
  readonly #guard: Guard;
  #failure: { readonly error: unknown } | undefined;
  #rejectRead: ((error: unknown) => void) | undefined;
  #hasEnded = false;

  constructor(source: Events, guard: Guard) {
    super(source);
    this.#guard = guard;
  }

  breakOff(error: unknown): void {
    if (this.#hasEnded) return;
    this.#failure = { error };
    this.#rejectRead?.(error);
  }

  protected override read(): Promise<Result> {
    if (this.#failure) {
      this.#end();
      void this.source.return?.()?.catch(() => {});
      return this.rise(Promise.reject(this.#failure.error));
    }
    this.#guard.waiting();
    const read = new Promise<Result>((resolve, reject) => {
      this.#rejectRead = reject;
      this.source.next().then(resolve, reject);
    });
    return this.rise(read);
  }

  protected override take(result: Result): Result {
    this.#guard.arrived();
    if (result.done) this.#end();
    return result;
  }

  protected override fail(error: unknown): never {
    this.#guard.arrived();
    this.#end();
    throw error;
  }

  protected override async leave(): Promise<void> {
    this.#end();
    await this.source.return?.();
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#guard.end();
  }
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
