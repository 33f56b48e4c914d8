import { type PiledIterator, pile, type Reader, readFrom, readInto } from "./piled-reads.ts";
import type { CompletionEvent } from "./reply.ts";

type Events = AsyncIterable<CompletionEvent>;
type Result = IteratorResult<CompletionEvent>;

/** Sees everything that leaves a wrapper, and how it ends. Nothing here may throw. */
export interface Watcher {
  see(result: Result): void;
  fail(error: unknown): void;
  leave(): void;
}

/** The part of an iterator that a wrapper writes itself. */
export interface Wrapper {
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

const finished = { done: true, value: undefined } as const;

/** Events with a wrapper around them. The source is the wrapper's to close. */
export function wrap(
  events: Events,
  create: (source: AsyncIterator<CompletionEvent>) => Wrapper,
): WrappedEvents {
  const source: PiledIterator = events[Symbol.asyncIterator]();
  return new WrappedEvents(source, create(source));
}

/**
 * The one place that knows the protocol of async iterators: after an end, an error or a `return` nothing more comes,
 * `return` closes the source once, and `throw` does the same and then throws. Not a generator, because a generator
 * queues `return` behind a `next` that may never settle; and no async functions on the way of an event, because each
 * layer would add several turns of the microtask queue to every token. To be read once.
 */
export class WrappedEvents implements PiledIterator, Events {
  /** They see what leaves here; the innermost first. */
  readonly watchers: Watcher[] = [];
  readonly #source: PiledIterator;
  readonly #wrapper: Wrapper;
  #isOver = false;
  readonly #own: Reader<Result | Promise<Result>>;
  /** Who reads by the other way, and what is under them. */
  #above: unknown;
  #pileUnder: unknown;

  constructor(source: PiledIterator, wrapper: Wrapper) {
    this.#source = source;
    this.#wrapper = wrapper;
    this.#own = { take: (result) => this.#take(result), fail: (error) => this.#fail(error) };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    const result = this.#waiting();
    return result ? Promise.resolve(result) : this.#read(this.#own);
  }

  [readInto]<T>(above: Reader<T | Promise<T>>): Promise<T> {
    const result = this.#waiting();
    if (result) return Promise.resolve(result).then(above.take, above.fail);
    if (this.#above !== above) {
      this.#above = above;
      this.#pileUnder = pile(this.#own, above);
    }
    return this.#read(this.#pileUnder as Reader<T | Promise<T>>);
  }

  async return(): Promise<Result> {
    if (!this.#isOver) {
      this.#isOver = true;
      for (const watcher of this.watchers.toReversed()) watcher.leave();
      await this.#wrapper.leave();
    }
    return finished;
  }

  async throw(error: unknown): Promise<never> {
    await this.return();
    throw error;
  }

  #read<T>(reader: Reader<T | Promise<T>>): Promise<T> {
    return this.#wrapper.read
      ? this.#wrapper.read().then(reader.take, reader.fail)
      : readFrom(this.#source, reader);
  }

  #waiting(): Result | undefined {
    if (this.#isOver) return finished;
    const event = this.#wrapper.ready?.();
    return event && this.#settle({ done: false, value: event });
  }

  #take(result: Result): Result | Promise<Result> {
    if (this.#isOver) return finished;
    const taken = this.#wrapper.take(result);
    if (!(taken instanceof Promise)) return this.#settle(taken);
    return taken.then(
      (late) => this.#settle(late),
      (error) => this.#end(error),
    );
  }

  #settle(result: Result): Result {
    if (this.#isOver) return finished;
    if (result.done) this.#isOver = true;
    for (const watcher of this.watchers) watcher.see(result);
    return result;
  }

  #fail(error: unknown): never {
    let failure: unknown;
    try {
      this.#wrapper.fail(error);
    } catch (thrown) {
      failure = thrown;
    }
    return this.#end(failure);
  }

  #end(error: unknown): never {
    this.#isOver = true;
    for (const watcher of this.watchers) watcher.fail(error);
    throw error;
  }
}
