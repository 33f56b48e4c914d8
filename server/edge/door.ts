/** A port that callers come in by. */
export interface Door {
  /** What it speaks, for logs. */
  readonly name: string;
  /** The port it really listens on. */
  readonly port: number;
  /** Tells watchers and callers to go elsewhere with new calls. Those that come all the same are served: the gate refuses. */
  refuse(): void;
  /** The gate is closing: ends connections on which nobody calls, where callers could not be told before. */
  dismiss(): void;
  /** Stops listening, lets what is being written end within `closingGraceMs`, and ends what is still connected. */
  close(): Promise<void>;
}

/** How long the last words of a door may take to reach their callers, in milliseconds. */
export const closingGraceMs = 1000;

/** How long after its call's last moment an answer may stay open for a reader that does not read, in milliseconds. */
export const overdueGraceMs = 1000;

/** Where a door listens. Port 0 takes any free one. */
export interface Address {
  readonly host: string;
  readonly port: number;
}
