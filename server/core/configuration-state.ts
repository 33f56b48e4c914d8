/** Which configuration holds, and what became of the last attempt to change it. */
export interface ConfigurationState {
  /** 1 at the start; one more with every reload. */
  readonly generation: number;
  /** Since when it holds, in milliseconds since 1970. */
  readonly loadedEpochMs: number;
  /** What was wrong with the configuration that was refused since, one line each; empty when none was. */
  readonly problems: readonly string[];
  /** When that was, in milliseconds since 1970. */
  readonly refusedEpochMs?: number | undefined;
}

/** The configuration of a running gateway. */
export interface LiveConfiguration {
  readonly state: ConfigurationState;
  /** Reads it again and lets all of it hold from the next call on, or throws INVALID_CONFIGURATION and changes nothing. */
  reload(): ConfigurationState;
}
