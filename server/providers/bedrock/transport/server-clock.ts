/** Tells the time as AWS sees it. */
export interface ServerClock {
  /** Milliseconds since the epoch, corrected. */
  now(): number;
  /** Learns from the `Date` of a response that refused a signature; true when the next signature will differ enough. */
  learn(date: string | undefined): boolean;
}

/** AWS allows five minutes; from four on, the SDK takes its own clock for wrong, and so do we. */
const leastSkewMs = 240_000;

/** Begins with the machine's own time. What was learnt holds until another signature is refused. */
export function createServerClock(ownTime: () => number = Date.now): ServerClock {
  let offsetMs = 0;
  const now = () => ownTime() + offsetMs;
  return {
    now,
    learn(date) {
      const serverMs = Date.parse(date ?? "");
      if (Number.isNaN(serverMs) || Math.abs(serverMs - now()) < leastSkewMs) return false;
      offsetMs = serverMs - ownTime();
      return true;
    },
  };
}
