/** What an operator changes about the traffic while the gateway runs. All of it holds from the next call on. */
export interface Traffic {
  /** Each provider's share of the calls, as numbers of any sum; undefined when none are configured. Who is missing has 0. */
  readonly weights: ReadonlyMap<string, number> | undefined;
  /**
   * Undefined takes all weights away. Throws INVALID_ARGUMENT for providers that are not configured, numbers below 0, or
   * nothing above 0.
   */
  setWeights(weights: ReadonlyMap<string, number> | undefined): void;
  /** Places that get no new calls, each as `provider` or `provider/region`. */
  readonly drained: ReadonlySet<string>;
  /** Throws INVALID_ARGUMENT for a place that there is not. Calls under way there go on to their end. */
  drain(place: string): void;
  /** Lets a drained place serve again. Throws like `drain`. */
  undrain(place: string): void;
}
