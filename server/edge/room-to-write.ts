import type { EventEmitter } from "node:events";
import { GatewayError } from "../core/error.ts";

/** Resolves when the reader has taken what was written; rejects when it leaves, or takes longer than a call may. */
export function roomToWrite(
  stream: EventEmitter,
  signal: AbortSignal,
  limitMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => {
      clearTimeout(overdue);
      stream.off("drain", onDrain);
      signal.removeEventListener("abort", onAbort);
      done();
    };
    const onDrain = () => settle(resolve);
    const onAbort = () => settle(() => reject(signal.reason));
    const onOverdue = () => settle(() => reject(GatewayError.deadlineExceeded()));
    const overdue = setTimeout(onOverdue, limitMs).unref();
    stream.once("drain", onDrain);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
