/**
 * Where gateways over one store share the counts of rate limits. A gateway fetches permits before it needs them, for many
 * counts at once, and gives back what it does not use. Amounts are whole numbers; seconds and milliseconds are by the
 * store's clock unless said otherwise.
 */
export interface SharedRates {
  /**
   * Takes, gives back and corrects, all in one go. After a rejection nobody knows whether it happened: what was to be given
   * back must not be given back again, and what was asked for has to be asked for again.
   */
  exchange(asks: readonly RateAsk[]): Promise<RateAnswers>;
  /** Gives all streams back: this gateway ends. */
  leave(): Promise<void>;
}

/** For how long permits may be used after the exchange that brought them was sent, by the gateway's own clock. */
export const permitLifeMs = 1000;

/** A window counts whole seconds: that of now, sixty before it, and the next one, in which permits may still be used. */
export const windowSeconds = 62;

export type RateAsk = WindowAsk | StreamsAsk;

/** What both kinds ask for. */
interface Wanted {
  /** What is counted; no two counts have one name. */
  readonly name: string;
  readonly limit: number;
  /** What the calls that wait need, in their order, each with all before it: the most that fits is given. */
  readonly needs: readonly number[];
  /** What would be good to have besides; given only where much is left. */
  readonly idle: number;
}

/** About requests or tokens of the last minute. */
export interface WindowAsk extends Wanted {
  readonly kind: "window";
  /** What was not used, by the second that it counts in. */
  readonly back: readonly Portion[];
  /** What was used without having been asked for; it counts from now on, beyond the limit too. */
  readonly debt: number;
}

/** An amount, and the second that it counts in. */
export interface Portion {
  readonly second: number;
  readonly amount: number;
}

/** About streams that are open. */
export interface StreamsAsk extends Wanted {
  readonly kind: "streams";
  /** How many of those that the gateway has it keeps; asking twice does no harm. */
  readonly keep: number;
}

/** What came of an exchange; the answers are in the order of the asks. */
export interface RateAnswers {
  /** The store did not know this gateway: either it has just begun, or the store has forgotten everything. */
  readonly isNew: boolean;
  /** How many gateways take part; absent where it was not looked up this time. */
  readonly gateways?: number | undefined;
  readonly answers: readonly RateAnswer[];
}

export interface RateAnswer {
  /** Permits that are new, or all the streams that this gateway may have open. */
  readonly granted: number;
  /** The second that new permits count in; nothing where it is about streams. */
  readonly second: number;
  /** What is left for everybody. */
  readonly room: number;
  /** Not all needs were met. */
  readonly isShort: boolean;
  /** What counts, where a window was short. */
  readonly window?: CountedWindow | undefined;
}

/** What counted at one moment. */
export interface CountedWindow {
  readonly nowMs: number;
  readonly oldestSecond: number;
  /** One for each of `windowSeconds`. */
  readonly amounts: readonly number[];
}

/** In how many milliseconds there is room for so much, if nobody takes anything; infinite where it is more than the limit. */
export function roomInMs(
  { nowMs, oldestSecond, amounts }: CountedWindow,
  amount: number,
  limit: number,
): number {
  if (amount > limit) return Number.POSITIVE_INFINITY;
  let left = amounts.reduce((sum, each) => sum + each, 0) + amount;
  if (left <= limit) return 0;
  for (const [at, each] of amounts.entries()) {
    left -= each;
    if (left <= limit) return (oldestSecond + at + windowSeconds - 1) * 1000 - nowMs;
  }
  return Number.POSITIVE_INFINITY;
}
