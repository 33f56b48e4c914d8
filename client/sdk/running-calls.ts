import { Code, ConnectError } from "@connectrpc/connect";

/** One call under way. Its signal follows the caller's; `end` lets go of that and must always be called. */
export interface RunningCall {
  readonly signal: AbortSignal;
  cancel(why: string): void;
  end(): void;
}

/** The calls of one client, so that closing it can cancel them all. */
export interface RunningCalls {
  begin(signal: AbortSignal | undefined): RunningCall;
  /** Cancels what runs, and whatever is begun later at once. */
  close(): void;
}

export function createRunningCalls(): RunningCalls {
  const running = new Set<RunningCall>();
  let closed = false;
  const begin = (parent: AbortSignal | undefined): RunningCall => {
    const controller = new AbortController();
    // A ConnectError, because transports reset the stream with CANCEL for its code and INTERNAL_ERROR for all else.
    const cancel = (why: string, cause?: unknown) =>
      controller.abort(new ConnectError(why, Code.Canceled, undefined, undefined, cause));
    const follow = () => cancel("The caller cancelled the call.", parent?.reason);
    const call: RunningCall = {
      signal: controller.signal,
      cancel,
      end() {
        parent?.removeEventListener("abort", follow);
        running.delete(call);
      },
    };
    if (closed) cancel(clientClosed);
    else if (parent?.aborted) follow();
    parent?.addEventListener("abort", follow, { once: true });
    running.add(call);
    return call;
  };
  return {
    begin,
    close() {
      closed = true;
      for (const call of running) call.cancel(clientClosed);
    },
  };
}

const clientClosed = "This client is closed.";
