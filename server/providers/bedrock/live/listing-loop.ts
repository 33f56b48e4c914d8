import type { Clock } from "../../../core/clock.ts";

/** Something that is read again and again. */
export interface ListingLoopOptions<T> {
  readonly clock: Clock;
  /** How long after a good reading the next one begins; 0 means that nothing is ever read. */
  readonly refreshMs: number;
  readonly read: (signal: AbortSignal) => Promise<T>;
  readonly onRead: (read: T) => void;
  readonly onFailed: (error: unknown) => void;
}

/** A loop that can be started once and closed for good. */
export interface ListingLoop {
  start(): void;
  /** Aborts a reading under way; after it nothing is reported. */
  close(): void;
}

/** After a failure the next reading comes sooner: after a minute, then two, four, … up to `refreshMs`. */
const firstRetryMs = 60_000;

/** Reads in the background. The next reading is set up when one has ended, so there are never two at once. */
export function createListingLoop<T>(options: ListingLoopOptions<T>): ListingLoop {
  const { clock, refreshMs, read, onRead, onFailed } = options;
  const closing = new AbortController();
  let isStarted = false;
  let failures = 0;
  let disarm = () => {};

  const readOnce = async () => {
    try {
      const result = await read(closing.signal);
      if (closing.signal.aborted) return;
      failures = 0;
      onRead(result);
    } catch (error) {
      if (closing.signal.aborted) return;
      failures += 1;
      onFailed(error);
    }
    disarm = clock.after(delayMs(refreshMs, failures), readOnce);
  };
  return {
    start() {
      if (isStarted || refreshMs === 0 || closing.signal.aborted) return;
      isStarted = true;
      void readOnce();
    },
    close() {
      disarm();
      closing.abort();
    },
  };
}

function delayMs(refreshMs: number, failures: number): number {
  if (failures === 0) return refreshMs;
  return Math.min(refreshMs, firstRetryMs * 2 ** (failures - 1));
}
