/** Who may serve calls, and where, as names or patterns such as `us-*`. An empty list allows everything. */
export interface Fence {
  readonly providers: readonly string[];
  readonly regions: readonly string[];
}
