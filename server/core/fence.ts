/** Who may serve calls, and where, as names or patterns such as `us-*`. An empty list allows everything. */
export interface Fence {
  readonly providers: readonly string[];
  readonly regions: readonly string[];
}

/** The fence around one licence key's calls, and where the configuration says so (`file:line`). */
export interface KeyFence extends Fence {
  readonly where: string;
}
