import type { RateAnswer, StreamsAsk } from "../../../core/shared-rates.ts";
import { createDemandMeter } from "./demand-meter.ts";
import {
  idleSeconds,
  type SharedCounter,
  shortageMs,
  type Taken,
  thriftMs,
} from "./shared-counter.ts";

/** A stream has no known end: look again after this long. */
const streamPauseMs = 1000;

/** Less than this part of the limit is little. */
const littlePart = 8;

/** How many streams of one bucket may be open at this gateway, and how many are. */
export class StreamSlots implements SharedCounter {
  limit = 0;
  readonly #name: string;
  #slots = 0;
  #open = 0;
  #mustTell = false;
  #shortUntilMs = Number.NEGATIVE_INFINITY;
  #thriftUntilMs = Number.NEGATIVE_INFINITY;
  readonly #meter = createDemandMeter();

  constructor(name: string) {
    this.#name = name;
  }

  available(): number {
    return Math.max(this.#slots - this.#open, 0);
  }

  take(nowMs: number, amount: number): Taken {
    this.#meter.add(nowMs, amount);
    return this.takeAlone(nowMs, amount);
  }

  expectedMs(nowMs: number): number | undefined {
    return nowMs < this.#shortUntilMs ? nowMs + streamPauseMs : undefined;
  }

  aloneAtMs(nowMs: number, amount: number, share: number): number {
    if (share <= 0) return Number.POSITIVE_INFINITY;
    return this.#open + amount <= share ? nowMs : nowMs + streamPauseMs;
  }

  takeAlone(_nowMs: number, amount: number): Taken {
    this.#open += amount;
    return {
      end: () => {
        this.#open -= amount;
      },
    };
  }

  isDue(nowMs: number): boolean {
    const idle = this.available();
    const wanted = this.#wanted(nowMs);
    return this.#mustTell || this.#slots < this.#open || idle > wanted * 2 || idle * 2 < wanted;
  }

  /** From here on no more is counted on than what is kept, whatever becomes of the question. */
  ask(nowMs: number, needs: readonly number[]): StreamsAsk {
    const wanted = this.#wanted(nowMs);
    const isIdle = needs.length === 0 && this.available() > wanted * 2;
    const keep = isIdle ? this.#open + wanted : Math.max(this.#slots, this.#open);
    const idle = needs.length > 0 ? wanted : Math.max(wanted - (keep - this.#open), 0);
    this.#slots = keep;
    const { limit } = this;
    return { kind: "streams", name: this.#name, limit, needs, idle, keep };
  }

  answered({ granted, room, isShort }: RateAnswer, { nowMs }: { nowMs: number }): void {
    this.#mustTell = false;
    this.#slots = granted;
    this.#shortUntilMs = isShort ? nowMs + shortageMs : Number.NEGATIVE_INFINITY;
    if (isShort || room * littlePart < this.limit) this.#thriftUntilMs = nowMs + thriftMs;
  }

  unanswered(): void {
    this.#mustTell = true;
  }

  /** What was opened meanwhile is told, even where it is too much. */
  returned(): void {
    this.#mustTell = true;
    this.#shortUntilMs = Number.NEGATIVE_INFINITY;
  }

  isStill(): boolean {
    return this.#slots === 0 && this.#open === 0 && !this.#mustTell;
  }

  isIdle(): boolean {
    return this.isStill();
  }

  #wanted(nowMs: number): number {
    if (nowMs < this.#thriftUntilMs) return 0;
    return Math.floor(this.#meter.lastSecond(nowMs) * idleSeconds);
  }
}
