import type { CompletionEvent } from "./reply.ts";

export type Events = AsyncIterable<CompletionEvent>;
export type Result = IteratorResult<CompletionEvent>;

/** How a sequence of events ended: read up to `completed`, broken by an error, or left by its reader before that. */
export type Ending =
  | { readonly kind: "finished" }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "abandoned" };

/** What a watcher sees. Neither function may throw; `end` runs exactly once, however the events end. */
export interface Tap {
  readonly event?: (event: CompletionEvent) => void;
  readonly end?: (ending: Ending) => void;
}

export const finished = { done: true, value: undefined } as const;

/**
 * Events with one layer more around them; as it is, the layer changes nothing. This is the one place that knows the
 * protocol of async iterators: after an end, an error or a `return` nothing more comes, `return` closes the source once,
 * and `throw` does the same and then throws. To be read once, one read at a time.
 *
 * Not a generator, because a generator queues `return` behind a `next` that may never settle. And no promise of its own:
 * the reads of layers that lie directly upon each other reach the lowest one, and what was read rises through all of them
 * in one turn (`#rise`). What a token costs is mostly the memory that it touches on its way, cold since the stream's last
 * token, so a layer is one object that holds all it needs.
 */
export class WrappedEvents implements AsyncIterableIterator<CompletionEvent> {
  protected source: AsyncIterator<CompletionEvent>;
  protected isOver = false;
  #isWhole = false;
  /** The layer that the read under way is for; undefined where somebody else reads. */
  #above: WrappedEvents | undefined;
  #taps: readonly Tap[] = [];
  #watchers: readonly NonNullable<Tap["event"]>[] = [];
  #rising: { take(result: Result): Risen; fail(error: unknown): Risen } | undefined;

  constructor(events: Events) {
    this.source = events[Symbol.asyncIterator]();
  }

  /** One more watcher of what leaves here; the first comes first. */
  watch(tap: Tap): void {
    this.#taps = [...this.#taps, tap];
    if (tap.event) this.#watchers = [...this.#watchers, tap.event];
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    this.#above = undefined;
    const result = this.#waiting();
    return result ? Promise.resolve(result) : this.read();
  }

  async return(): Promise<Result> {
    if (!this.isOver) {
      const ending: Ending = { kind: this.#isWhole ? "finished" : "abandoned" };
      this.isOver = true;
      for (const tap of this.#taps.toReversed()) tap.end?.(ending);
      await this.leave();
    }
    return finished;
  }

  async throw(error: unknown): Promise<never> {
    await this.return();
    throw error;
  }

  /** An event that waits already. */
  protected ready(): CompletionEvent | undefined {
    return undefined;
  }

  /** Reads the source. What overrides it gives what it read to `rise`. */
  protected read(): Promise<Result> {
    const { source } = this;
    return source instanceof WrappedEvents ? source.#readFor(this) : this.rise(source.next());
  }

  /** What becomes of what was read. Not asked any more once the reader has left. */
  protected take(result: Result): Risen {
    return result;
  }

  /** What becomes of an error of the source: throws, unless the events go on. */
  protected fail(error: unknown): Risen {
    throw error;
  }

  /** The reader has left. */
  protected async leave(): Promise<void> {
    await this.source.return?.();
  }

  /** Takes what was read here, and hands it to the layer that it is for. */
  protected rise(read: Promise<Result>): Promise<Result> {
    this.#rising ??= {
      take: (result) => this.#rise(result),
      fail: (error) => this.#fall(error),
    };
    return read.then(this.#rising.take, this.#rising.fail);
  }

  /** Reads once more for the event that is under way, in whose place nothing has come yet. */
  protected readOn(): Promise<Result> {
    return this.source.next().then(
      (result) => (this.isOver ? finished : this.take(result)),
      (error) => (this.isOver ? finished : this.fail(error)),
    );
  }

  #readFor(above: WrappedEvents): Promise<Result> {
    this.#above = above;
    const result = this.#waiting();
    return result ? above.rise(Promise.resolve(result)) : this.read();
  }

  #waiting(): Result | undefined {
    if (this.isOver) return finished;
    const value = this.ready();
    return value && this.#settle({ done: false, value });
  }

  /** A loop, and not a call of the next layer by the last: the stack does not grow with the layers. */
  #rise(read: Result): Risen {
    let layer: WrappedEvents = this;
    let result = read;
    for (;;) {
      const above: WrappedEvents | undefined = layer.#above;
      let taken: Risen;
      try {
        taken = layer.#take(result);
      } catch (error) {
        layer.#end({ kind: "failed", error });
        if (!above) throw error;
        return above.#fall(error);
      }
      if (!above) return taken;
      if (taken instanceof Promise) return above.rise(taken);
      result = taken;
      layer = above;
    }
  }

  #fall(thrown: unknown): Risen {
    let layer: WrappedEvents = this;
    let error = thrown;
    for (;;) {
      const above: WrappedEvents | undefined = layer.#above;
      let taken: Risen;
      try {
        taken = layer.isOver ? finished : layer.fail(error);
      } catch (failure) {
        layer.#end({ kind: "failed", error: failure });
        if (!above) throw failure;
        error = failure;
        layer = above;
        continue;
      }
      if (taken instanceof Promise) taken = layer.#later(taken);
      if (!above) return taken;
      return taken instanceof Promise ? above.rise(taken) : above.#rise(taken);
    }
  }

  #take(result: Result): Risen {
    if (this.isOver) return finished;
    const taken = this.take(result);
    return taken instanceof Promise ? this.#later(taken) : this.#settle(taken);
  }

  /** What takes a while may come when nobody reads any more, and then is not shown. */
  #later(taken: Promise<Result>): Promise<Result> {
    return taken.then(
      (result) => this.#settle(result),
      (error) => {
        if (this.isOver) return finished;
        this.#end({ kind: "failed", error });
        throw error;
      },
    );
  }

  #settle(result: Result): Result {
    if (this.isOver) return finished;
    if (result.done) {
      this.#end({ kind: "finished" });
      return finished;
    }
    if (result.value.case === "completed") this.#isWhole = true;
    for (const see of this.#watchers) see(result.value);
    return result;
  }

  #end(ending: Ending): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const tap of this.#taps) tap.end?.(ending);
  }
}

/** What a layer makes of what it gets, at once or later. */
export type Risen = Result | Promise<Result>;
