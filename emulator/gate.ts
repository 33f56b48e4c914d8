/** Holds calls back until somebody lets them go on; used instead of timing in tests. */
export interface Gate {
  /** Waits until the call is released; rejects with the signal's reason when the signal aborts. */
  wait(callId: string, signal: AbortSignal): Promise<void>;
  /** Lets one waiting call, or all of them, go on; gives how many there were. */
  release(callId?: string): number;
}

/** Creates a gate at which nobody waits. */
export function createGate(): Gate {
  const waiting = new Map<string, () => void>();
  return {
    wait: (callId, signal) =>
      new Promise((resolve, reject) => {
        const leave = () => {
          waiting.delete(callId);
          reject(signal.reason);
        };
        if (signal.aborted) return leave();
        signal.addEventListener("abort", leave, { once: true });
        waiting.set(callId, () => {
          signal.removeEventListener("abort", leave);
          waiting.delete(callId);
          resolve();
        });
      }),
    release(callId) {
      const chosen = [...waiting].filter(([id]) => callId === undefined || id === callId);
      for (const [, letGo] of chosen) letGo();
      return chosen.length;
    },
  };
}
