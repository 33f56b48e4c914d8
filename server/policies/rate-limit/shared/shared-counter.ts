import type { RateAnswer, RateAsk } from "../../../core/shared-rates.ts";

/** One count of a bucket that gateways share: what this gateway may take of it without asking. Times are by its own clock. */
export interface SharedCounter {
  /** As the last call described it. */
  limit: number;
  /** What can be taken now. */
  available(nowMs: number): number;
  /** Takes so much; the caller has made sure that it is there. */
  take(nowMs: number, amount: number): Taken;
  /** When so much beyond what is available may be there, as far as is known; undefined where it is worth asking now. */
  expectedMs(nowMs: number, amount: number): number | undefined;

  /** When so much could be taken if this gateway alone counted, up to its share of the limit. */
  aloneAtMs(nowMs: number, amount: number, share: number): number;
  /** Takes without asking, while nobody can be asked. */
  takeAlone(nowMs: number, amount: number): Taken;

  /** Whether there is something to tell or to fetch, besides what waiting calls need. */
  isDue(nowMs: number): boolean;
  /** What to say now. Nothing else may be asked before `answered` or `unanswered`. */
  ask(nowMs: number, needs: readonly number[]): RateAsk;
  answered(answer: RateAnswer, at: { readonly sentMs: number; readonly nowMs: number }): void;
  /** Nobody knows whether it was heard. */
  unanswered(): void;
  /** The store answers again after a while in which this gateway counted alone; `isNew`: it has forgotten everything. */
  returned(nowMs: number, isNew: boolean): void;
  /** Nothing is held, and nothing is to be told. */
  isStill(nowMs: number): boolean;
  /** Nothing counts any more, so that a new one would be the same. */
  isIdle(nowMs: number): boolean;
}

/** What a call has taken of one count. */
export interface Taken {
  /** The call is over, and used so much of it. */
  end(nowMs: number, used: number): void;
}

/** For how long what was found out about a shortage is taken to hold: so often at most a flood of calls asks the store. */
export const shortageMs = 100;

/** For how long after a shortage nothing is fetched in advance. */
export const thriftMs = 1000;

/** This part of a second's demand is kept at hand. */
export const idleSeconds = 0.5;
