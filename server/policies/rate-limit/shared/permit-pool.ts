import {
  type CountedWindow,
  type Portion,
  permitLifeMs,
  type RateAnswer,
  roomInMs,
  type WindowAsk,
} from "../../../core/shared-rates.ts";
import { createSlidingWindow } from "../sliding-window.ts";
import { createDemandMeter } from "./demand-meter.ts";
import {
  idleSeconds,
  type SharedCounter,
  shortageMs,
  type Taken,
  thriftMs,
} from "./shared-counter.ts";

/** Permits of one exchange. */
interface Lot {
  readonly second: number;
  amount: number;
  readonly untilMs: number;
}

/** What was given back is told at once where it is more than this part of the limit, else when it has waited for a while. */
const backPart = 20;
const backMs = 500;

/**
 * The permits for requests or tokens of one bucket that this gateway holds. What is fetched and not used within a second
 * goes back, and so does what a call set aside and did not need, to the second that it counts in.
 */
export class PermitPool implements SharedCounter {
  limit = 0;
  readonly #name: string;
  #lots: Lot[] = [];
  #held = 0;
  /** By second. */
  #back = new Map<number, number>();
  #backAmount = 0;
  #backSinceMs = 0;
  #debt = 0;
  #sentDebt = 0;
  #shortage: { readonly window: CountedWindow; readonly atMs: number } | undefined;
  #thriftUntilMs = Number.NEGATIVE_INFINITY;
  readonly #meter = createDemandMeter();
  /** What this gateway let in, and what of it the store does not know. */
  readonly #own = createSlidingWindow();
  #untold = createSlidingWindow();

  constructor(name: string) {
    this.#name = name;
  }

  available(nowMs: number): number {
    for (let oldest = this.#lots[0]; oldest && oldest.untilMs <= nowMs; oldest = this.#lots[0]) {
      this.#lots.shift();
      this.#held -= oldest.amount;
      this.#giveBack(oldest, nowMs);
    }
    return this.#held;
  }

  take(nowMs: number, amount: number): Taken {
    const parts = this.#takeOut(amount);
    const ownSecond = this.#own.add(nowMs, amount);
    this.#meter.add(nowMs, amount);
    return {
      end: (endMs, used) => {
        if (used === amount) return;
        this.#own.correct(endMs, ownSecond, used - amount);
        if (used > amount) this.#debt += used - amount;
        else for (const part of portions(parts, amount - used)) this.#giveBack(part, endMs);
      },
    };
  }

  expectedMs(nowMs: number, amount: number): number | undefined {
    if (!this.#shortage || nowMs >= this.#shortage.atMs + shortageMs) return undefined;
    const { window, atMs } = this.#shortage;
    const expectedMs = atMs + roomInMs(window, amount, this.limit);
    return expectedMs > nowMs ? expectedMs : undefined;
  }

  aloneAtMs(nowMs: number, amount: number, share: number): number {
    return this.#own.roomAtMs(nowMs, amount, share);
  }

  takeAlone(nowMs: number, amount: number): Taken {
    const untold = this.#untold;
    const second = this.#own.add(nowMs, amount);
    untold.add(nowMs, amount);
    return {
      end: (endMs, used) => {
        this.#own.correct(endMs, second, used - amount);
        // What has been told meanwhile counts as it was told, and in full.
        if (untold === this.#untold) untold.correct(endMs, second, used - amount);
        else if (used > amount) this.#debt += used - amount;
      },
    };
  }

  isDue(nowMs: number): boolean {
    const held = this.available(nowMs);
    const wanted = this.#wanted(nowMs);
    if (this.#debt > 0 || held > wanted * 2 || held * 2 < wanted) return true;
    if (this.#backAmount * backPart >= this.limit) return this.#backAmount > 0;
    return this.#backAmount > 0 && nowMs - this.#backSinceMs >= backMs;
  }

  ask(nowMs: number, needs: readonly number[]): WindowAsk {
    const held = this.available(nowMs);
    const wanted = this.#wanted(nowMs);
    const idle = needs.length > 0 ? wanted : Math.max(wanted - held, 0);
    if (needs.length === 0 && held > wanted * 2) {
      for (const part of this.#takeOut(held - wanted)) this.#giveBack(part, nowMs);
    }
    const back = [...this.#back].map(([second, amount]) => ({ second, amount }));
    this.#back = new Map();
    this.#backAmount = 0;
    this.#sentDebt = this.#debt;
    const { limit } = this;
    return { kind: "window", name: this.#name, limit, needs, idle, back, debt: this.#debt };
  }

  answered(answer: RateAnswer, { sentMs, nowMs }: { sentMs: number; nowMs: number }): void {
    const { granted, second, window, isShort, room } = answer;
    this.#debt -= this.#sentDebt;
    this.#sentDebt = 0;
    this.#shortage = window && { window, atMs: nowMs };
    // Where little is left, it should be for whoever needs it.
    if (isShort || room * backPart < this.limit) this.#thriftUntilMs = nowMs + thriftMs;
    if (granted === 0) return;
    this.#lots.push({ second, amount: granted, untilMs: sentMs + permitLifeMs });
    this.#held += granted;
  }

  /** What was given back may have arrived, so it is not given back again: it counts until it is a minute old. */
  unanswered(): void {
    this.#sentDebt = 0;
  }

  returned(nowMs: number, isNew: boolean): void {
    this.#debt += (isNew ? this.#own : this.#untold).used(nowMs);
    this.#untold = createSlidingWindow();
    this.#shortage = undefined;
    if (!isNew) return;
    // Nothing of it is known there any more.
    this.#lots = [];
    this.#held = 0;
    this.#back = new Map();
    this.#backAmount = 0;
  }

  isStill(nowMs: number): boolean {
    return this.available(nowMs) === 0 && this.#debt === 0 && this.#back.size === 0;
  }

  isIdle(nowMs: number): boolean {
    return this.isStill(nowMs) && this.#own.used(nowMs) === 0;
  }

  #wanted(nowMs: number): number {
    if (nowMs < this.#thriftUntilMs) return 0;
    return Math.floor(this.#meter.lastSecond(nowMs) * idleSeconds);
  }

  /** The oldest first: they are the next to expire. */
  #takeOut(amount: number): Portion[] {
    const parts = [...portions(this.#lots, amount)];
    this.#held -= amount;
    for (const [at, part] of parts.entries()) {
      const lot = this.#lots[at];
      if (lot) lot.amount -= part.amount;
    }
    this.#lots = this.#lots.filter((lot) => lot.amount > 0);
    return parts;
  }

  #giveBack({ second, amount }: Portion, nowMs: number): void {
    if (this.#backAmount === 0) this.#backSinceMs = nowMs;
    this.#back.set(second, (this.#back.get(second) ?? 0) + amount);
    this.#backAmount += amount;
  }
}

/** The first of these, up to so much in all. */
function* portions(of: readonly Portion[], amount: number): Generator<Portion> {
  let left = amount;
  for (const { second, amount: most } of of) {
    if (left <= 0) return;
    const taken = Math.min(most, left);
    left -= taken;
    yield { second, amount: taken };
  }
}
