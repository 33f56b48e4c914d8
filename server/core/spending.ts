import type { Usage } from "../../gen/axonflow/gateway/v1/completion_pb.ts";

/** What one attempt took that reached its provider. */
export interface Taken {
  readonly provider: string;
  readonly region: string;
  /** As the provider names it. */
  readonly model: string;
  readonly usage?: Usage | undefined;
  readonly costNanoUsd: bigint;
  /** Whether a price is known; without one the cost is zero. */
  readonly isPriced: boolean;
  readonly succeeded: boolean;
}

/** An attempt that money is set aside for. */
export interface FundedAttempt {
  /** Says once what became of it; undefined where it was never sent. Later calls change nothing. */
  end(taken: Taken | undefined): void;
}

/** The money of one call: what is set aside for it, and what its attempts took. */
export interface Spending {
  /** Whether a budget is about the call; where none is, what it takes is only written down. */
  readonly isHeld: boolean;
  /**
   * To be awaited before an attempt is sent: sets its worst case aside beside what the attempts before it took. Throws
   * BUDGET_EXCEEDED where there is no room for one more, and LEDGER_UNAVAILABLE.
   */
  begin(worstNanoUsd: bigint): Promise<FundedAttempt>;
}
