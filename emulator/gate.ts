import { once } from "node:events";

/** Holds calls back until somebody lets them go on; used instead of timing in tests. */
export interface Gate {
  /** Waits until the call is released or the signal aborts, which rejects with the signal's reason. */
  wait(callId: string, signal: AbortSignal): Promise<void>;
  /** Lets one waiting call, or all of them, go on; gives how many there were. */
  release(callId?: string): number;
}

/** Creates a gate at which nobody waits. */
export function createGate(): Gate {
  const waiting = new Map<string, AbortController>();
  return {
    async wait(callId, signal) {
      const released = new AbortController();
      waiting.set(callId, released);
      try {
        if (!signal.aborted) await once(AbortSignal.any([signal, released.signal]), "abort");
      } finally {
        waiting.delete(callId);
      }
      signal.throwIfAborted();
    },
    release(callId) {
      const chosen = [...waiting].filter(([id]) => callId === undefined || id === callId);
      for (const [, released] of chosen) released.abort();
      return chosen.length;
    },
  };
}
