import { exitCodes } from "./exit-codes.ts";

/** Why the command should end early, if it should. */
export interface Interruption {
  /** Aborts as soon as there is a reason; calls are made with it, so that they are cancelled upstream. */
  readonly signal: AbortSignal;
  /** The exit status that goes with the reason; undefined while there is none. */
  readonly exitCode: number | undefined;
  /** Gives a reason. Only the first one counts. */
  interrupt(exitCode: number): void;
}

/** Listens for SIGINT and SIGTERM, once: a second one ends the process at once. */
export function createInterruption(): Interruption {
  const abort = new AbortController();
  let reason: number | undefined;
  const interrupt = (exitCode: number) => {
    reason ??= exitCode;
    abort.abort();
  };
  process.once("SIGINT", () => interrupt(exitCodes.interrupted));
  process.once("SIGTERM", () => interrupt(exitCodes.terminated));
  return {
    signal: abort.signal,
    get exitCode() {
      return reason;
    },
    interrupt,
  };
}
