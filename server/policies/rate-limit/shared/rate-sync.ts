import type { Clock } from "../../../core/clock.ts";
import type { SharedRates } from "../../../core/shared-rates.ts";
import type { SharedCounter } from "./shared-counter.ts";

export interface RateSyncOptions {
  readonly clock: Clock;
  readonly rates: SharedRates;
  /** What the calls that wait need of each counter, beyond what is available, each with all before it. */
  readonly needs: () => ReadonlyMap<SharedCounter, readonly number[]>;
  /** Every counter that there is. */
  readonly counters: () => Iterable<SharedCounter>;
  /** Nobody answers any more: calls that wait should look again. */
  readonly lost: () => void;
}

/** A counter, and what calls need of it. */
type Due = readonly [SharedCounter, readonly number[]];

/** How often it looks whether there is something to tell or to fetch. */
const tickMs = 100;
/** How often this gateway says at least that it is there. */
const helloMs = 2000;
/** Without an answer for so long, calls go by this gateway's share. */
const patienceMs = 500;
const longestPauseMs = 1000;
/** For how long after the store's return it is not believed to know everything: others have to come back and tell, too. */
const graceMs = 3000;
/** The most that is asked at once. */
const mostAsks = 500;

/** Keeps the counters of one gateway in step with the store, in one exchange after the other. Begins with the first call. */
export class RateSync {
  /** How many gateways take part, as far as is known. */
  gateways: number | undefined;
  readonly #options: RateSyncOptions;
  /** Counters that hold something or have something to tell. */
  readonly #active = new Set<SharedCounter>();
  #isAway = false;
  #graceUntilMs: number | undefined;
  #hasBegun = false;
  #isClosed = false;
  #isBusy = false;
  #isKnown = false;
  #failures = 0;
  /** Takes back the timer that began with the first exchange that is not answered. */
  #disarm: (() => void) | undefined;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #saidMs = Number.NEGATIVE_INFINITY;
  #underWay: Promise<void> = Promise.resolve();

  constructor(options: RateSyncOptions) {
    this.#options = options;
  }

  /** Nobody answers: each gateway counts alone. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** Something about the counter has changed that may have to be told. */
  touch(counter: SharedCounter): void {
    this.#active.add(counter);
    this.#begin();
  }

  /** Calls wait: asks at once, together with all that come in the same moment. */
  wake(): void {
    this.#begin();
    if (this.#isBusy || this.#isClosed) return;
    this.#isBusy = true;
    queueMicrotask(() => {
      this.#underWay = this.#run();
    });
  }

  /** Gives back what is held. Streams that are still open are nobody's from here on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#underWay;
    if (!this.#hasBegun) return;
    await this.#options.rates.leave().catch(() => {});
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#tick();
  }

  #tick(): void {
    if (this.#isClosed) return;
    this.#options.clock.after(tickMs, () => {
      this.wake();
      this.#tick();
    });
  }

  async #run(): Promise<void> {
    try {
      while (!this.#isClosed && (await this.#exchange())) this.#failures = 0;
      this.#isBusy = false;
    } catch {
      this.#failures += 1;
      this.#options.clock.after(this.#pauseMs, () => {
        this.#underWay = this.#run();
      });
    }
  }

  /** A connection that was idle may only have gone. */
  get #pauseMs(): number {
    if (this.#failures === 1) return 0;
    const mostMs = Math.min(longestPauseMs, 50 * 2 ** Math.min(this.#failures, 10));
    return mostMs / 2 + (Math.random() * mostMs) / 2;
  }

  /** One round; false where there was nothing to say. */
  async #exchange(): Promise<boolean> {
    const { clock, rates } = this.#options;
    const sentMs = clock.now();
    const due = this.#due(sentMs);
    const isMissed = this.#isAway && sentMs >= (this.#graceUntilMs ?? 0);
    if (due.length === 0 && sentMs - this.#saidMs < helloMs && !isMissed) return false;
    const asks = due.map(([counter, needs]) => counter.ask(sentMs, needs));
    this.#disarm ??= clock.after(patienceMs, () => this.#away());
    try {
      const { isNew, gateways, answers } = await rates.exchange(asks);
      this.#disarm();
      this.#disarm = undefined;
      const nowMs = clock.now();
      this.#saidMs = sentMs;
      // A store that has forgotten everything knows of those only that are back.
      if (!this.#isAway && !(isNew && this.#isKnown)) this.gateways = gateways ?? this.gateways;
      for (const [at, [counter]] of due.entries()) {
        const answer = answers[at];
        if (answer) counter.answered(answer, { sentMs, nowMs });
      }
      this.#back(nowMs, isNew);
    } catch (error) {
      for (const [counter] of due) counter.unanswered();
      throw error;
    }
    return true;
  }

  /** What calls wait for at once; what else there is to say once in a while. */
  #due(nowMs: number): readonly Due[] {
    const needs = this.#options.needs();
    const due: Due[] = [...needs].slice(0, mostAsks);
    if (nowMs - this.#lookedMs < tickMs * 0.9) return due;
    for (const counter of [...this.#active]) {
      if (needs.has(counter)) continue;
      if (due.length >= mostAsks) return due;
      // Behind the others, should there be more than fit.
      this.#active.delete(counter);
      if (counter.isDue(nowMs)) due.push([counter, []]);
      if (!counter.isStill(nowMs) || due.at(-1)?.[0] === counter) this.#active.add(counter);
    }
    this.#lookedMs = nowMs;
    return due;
  }

  #away(): void {
    this.#graceUntilMs = undefined;
    if (this.#isAway) return;
    this.#isAway = true;
    this.#options.lost();
  }

  /**
   * What was let in meanwhile is told at once; everything, where the store knows this gateway no more. Until the others have
   * done so, the gateway goes on with its share.
   */
  #back(nowMs: number, isNew: boolean): void {
    const hasForgotten = isNew && this.#isKnown;
    this.#isKnown = true;
    if (!this.#isAway && !hasForgotten) return;
    const isFirst = hasForgotten || this.#graceUntilMs === undefined;
    if (isFirst) this.#graceUntilMs = nowMs + graceMs;
    this.#isAway = isFirst || nowMs < (this.#graceUntilMs ?? 0);
    if (!isFirst && this.#isAway) return;
    for (const counter of this.#options.counters()) {
      counter.returned(nowMs, hasForgotten);
      this.#active.add(counter);
    }
  }
}
