import type { CompletionEvent } from "./reply.ts";
import {
  type Ending,
  type Events,
  finished,
  type Result,
  type Risen,
  WrappedEvents,
} from "./wrapped-events.ts";

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
  /** Runs exactly once; where the reader leaves, perhaps while `follow` is under way. */
  readonly end: (ending: Ending) => void;
}

/** Events that go on elsewhere where their source fails. Whatever is open is closed once, even what comes too late. */
export function chainEvents(events: Events, chain: Chain): Events {
  const chained = new ChainedEvents(events, chain);
  chained.watch({ end: chain.end });
  return chained;
}

class ChainedEvents extends WrappedEvents {
  readonly #chain: Chain;
  #before: readonly CompletionEvent[] = [];
  #position = 0;

  constructor(events: Events, chain: Chain) {
    super(events);
    this.#chain = chain;
  }

  protected override ready(): CompletionEvent | undefined {
    return this.#position < this.#before.length ? this.#before[this.#position++] : undefined;
  }

  protected override take(result: Result): Result {
    if (result.done) return result;
    const value = this.#chain.event(result.value);
    return value === result.value ? result : { done: false, value };
  }

  protected override fail(error: unknown): Risen {
    return this.#follow(error);
  }

  async #follow(error: unknown): Promise<Result> {
    const following = await this.#chain.follow(error);
    const source = following.events[Symbol.asyncIterator]();
    if (this.isOver) {
      await source.return?.();
      return finished;
    }
    this.source = source;
    this.#before = following.before;
    this.#position = 0;
    const value = this.ready();
    return value ? { done: false, value } : this.readOn();
  }
}
