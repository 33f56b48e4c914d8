import { createSlidingWindow, type SlidingWindow } from "./sliding-window.ts";

/** A limit, as the configuration and a refusal call it. */
export type LimitName = "requests_per_minute" | "tokens_per_minute" | "concurrent_streams";

/** Why a call cannot go on now. */
export interface Obstacle {
  readonly limit: LimitName;
  /** From when on it can, in milliseconds of `Clock.now`; infinite: never. */
  readonly atMs: number;
  /** Whether it may be sooner, because a call under way can end. */
  readonly mayBeSooner: boolean;
}

/** What is counted for one subject of one policy. */
export interface Bucket {
  readonly requests: SlidingWindow;
  readonly tokens: SlidingWindow;
  /** Streams that are open. */
  streams: number;
  /** Tokens that calls under way have set aside; what they do not use comes back. */
  underWay: number;
  /** Calls that wait for their turn, in their order. */
  readonly queue: Set<Waiting>;
  /** Takes back the timer that looks at the queue. */
  disarm: () => void;
}

/** A call in a queue, and what it waits for. */
export interface Waiting {
  readonly block: Obstacle;
  /** Takes its turn, leaves for another queue, or gives up; false where it stays at the head. */
  attempt(): boolean;
}

/** Begins with nothing counted. */
export function createBucket(): Bucket {
  return {
    requests: createSlidingWindow(),
    tokens: createSlidingWindow(),
    streams: 0,
    underWay: 0,
    queue: new Set(),
    disarm: () => {},
  };
}

/** Whether nothing counts any more, so that a new one would be the same. */
export function isIdle(bucket: Bucket, nowMs: number): boolean {
  const { requests, tokens, streams, underWay, queue } = bucket;
  if (streams > 0 || underWay > 0 || queue.size > 0) return false;
  return requests.used(nowMs) === 0 && tokens.used(nowMs) === 0;
}
