/** The time in which a budget's spending is counted, in milliseconds since 1970. */
export type LedgerWindow =
  | { readonly kind: "calendar"; readonly startEpochMs: number; readonly endEpochMs: number }
  /** The time before each moment; spending leaves it in steps of a sixtieth of its length. */
  | { readonly kind: "rolling"; readonly lengthMs: number };

/** One count that a call adds to, and how far it may go. Accounts of one name share one count. */
export interface LedgerAccount {
  /** For example `daily-budget-limit/day/gateway` or `team/month/tag:team=search`. */
  readonly name: string;
  readonly window: LedgerWindow;
  readonly limitNanoUsd: bigint;
  /** Whether the limit holds; where not, spending is counted beyond it too. */
  readonly enforced: boolean;
}

/** What a call wants to set aside before it is made. */
export interface ReservationRequest {
  /** The call's id. A second hold of the same id is a fault. */
  readonly id: string;
  /** All or none of them take the reservation. May be empty. */
  readonly accounts: readonly LedgerAccount[];
  /** The most that the call can cost, in nano-USD. */
  readonly worstNanoUsd: bigint;
  /** What is enough, where the worst does not fit: the hold then has what is left, from here to there. */
  readonly leastNanoUsd: bigint;
  /** When the call is over at the latest; a hold that is in flight after that, whose owner is gone, is charged in full. */
  readonly expiresEpochMs: number;
}

/** An account without room, as an answer that is no error of the ledger. */
export interface NoRoom {
  readonly kind: "no-room";
  readonly account: LedgerAccount;
  readonly spentNanoUsd: bigint;
  /** What calls under way have set aside, in all gateways. */
  readonly reservedNanoUsd: bigint;
  /** When there can be room again at the latest, in milliseconds since 1970: the window's end. */
  readonly retryEpochMs: number;
}

/** Money that is set aside for one call. Settled or released exactly once; what comes after that changes nothing. */
export interface Hold {
  readonly kind: "hold";
  readonly grantedNanoUsd: bigint;
  /** Sets more aside, for one more attempt; false where there is no room. */
  extend(nanoUsd: bigint): Promise<boolean>;
  /**
   * To be awaited before a provider is asked: from here on the hold outlives the process. Before it, a hold is gone with
   * its owner.
   */
  start(): Promise<void>;
  /** Charges what the call did cost and keeps the record. Returns at once; the ledger makes it durable by itself. */
  settle(record: UsageRecord): void;
  /** The call was never sent, and cost nothing. */
  release(): void;
}

/** What one call used. Kept for each call that reached a provider, whether or not a budget counts it. */
export interface UsageRecord {
  /** The call's id. */
  readonly id: string;
  /** `lost` is a hold of a process that died, charged in full; `shadow` a copy that no caller saw. */
  readonly kind: "call" | "shadow" | "lost";
  /** When the call came, in milliseconds since 1970. */
  readonly epochMs: number;
  /** The name of the licence key. */
  readonly key: string;
  /** Empty where the key has none. */
  readonly tenant: string;
  readonly provider: string;
  readonly region: string;
  readonly model: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadInputTokens: number;
  readonly cacheWriteInputTokens: number;
  /** Zero where no price is known; `isPriced` tells the two apart. */
  readonly costNanoUsd: bigint;
  readonly isPriced: boolean;
  /** Attempts that were sent. */
  readonly attempts: number;
  readonly succeeded: boolean;
}

/** An account at one moment. */
export interface AccountState {
  readonly name: string;
  readonly window: LedgerWindow;
  readonly limitNanoUsd: bigint;
  readonly spentNanoUsd: bigint;
  readonly reservedNanoUsd: bigint;
}

/** By what usage is added up. */
export type UsageDimension =
  | "key"
  | "tenant"
  | "provider"
  | "region"
  | "model"
  | "kind"
  | "hour"
  | "day"
  | { readonly tag: string };

/** Which records, and how they are added up. */
export interface UsageQuery {
  readonly fromEpochMs: number;
  /** Exclusive. */
  readonly toEpochMs: number;
  /** Exact values; every one given has to match. */
  readonly where: {
    readonly key?: string | undefined;
    readonly tenant?: string | undefined;
    readonly provider?: string | undefined;
    readonly model?: string | undefined;
    readonly tags?: Readonly<Record<string, string>> | undefined;
  };
  readonly by: readonly UsageDimension[];
  /** The most rows; those that cost most come first, or by time where time is a dimension. */
  readonly limit: number;
}

/** Sums over the records that have these values in common. */
export interface UsageSum {
  /** In the order of `UsageQuery.by`; hours and days as ISO 8601 in UTC, a tag that is not there as the empty text. */
  readonly values: readonly string[];
  readonly calls: bigint;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  readonly cacheReadInputTokens: bigint;
  readonly cacheWriteInputTokens: bigint;
  readonly costNanoUsd: bigint;
}

/**
 * Where money is counted: reserve, then settle. What was spent never exceeds an enforced limit, in whatever order
 * processes call, fail and die. Every method rejects with LEDGER_UNAVAILABLE when the store cannot answer in time.
 */
export interface Ledger {
  reserve(request: ReservationRequest): Promise<Hold | NoRoom>;
  /** The accounts that have been used and whose window is not over, in the order of their names. */
  accounts(): Promise<readonly AccountState[]>;
  usage(query: UsageQuery): Promise<readonly UsageSum[]>;
  /** Makes durable what is not, gives back what is not used, and ends. Holds that are left stay as they are. */
  close(): Promise<void>;
}
