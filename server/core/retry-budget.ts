/** How much may be tried again, as a share of the traffic that succeeds, so that retries cannot make an outage worse. */
export interface RetryBudget {
  /** A call succeeded: its share of a retry is put in. */
  deposit(): void;
  /** Takes one retry out; false when there is none left. */
  withdraw(): boolean;
  /** Retries that could be made now. */
  readonly balance: number;
  /** Retries that were asked for and not given since the gateway started. */
  readonly refused: number;
}
