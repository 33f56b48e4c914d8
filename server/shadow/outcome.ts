/** One side's whole answer to a call. */
export interface Answer {
  /** The model that answered, as the provider names it. */
  readonly model: string;
  /** Undefined where it is too long to be kept and compared. */
  readonly text: string | undefined;
  /** Whether the model declined or a filter withheld the answer. */
  readonly withheld: boolean;
  readonly latencyMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Undefined where the gateway has no price. */
  readonly costNanoUsd: bigint | undefined;
}

/** How a call went on one side. */
export type Outcome =
  | { readonly kind: "answered"; readonly answer: Answer }
  /** `reason` as in the contract's `ErrorReason`, without its prefix. */
  | { readonly kind: "failed"; readonly reason: string };

/** How a call went, or that nobody waited for its end. */
export type Course = Outcome | { readonly kind: "abandoned" };
