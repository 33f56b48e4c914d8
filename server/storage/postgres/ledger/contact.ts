import type { Clock } from "../../../core/clock.ts";
import type { Log } from "../../../core/log.ts";

const longestBackoffMs = 1000;
const logEveryMs = 10_000;

/** Whether the database answers, and since when. Says so in the log when it changes, and now and then while it does not. */
export class Contact {
  readonly #clock: Clock;
  readonly #log: Log;
  #failures = 0;
  #failingSinceMs: number | undefined;
  #answeringSinceMs: number | undefined;
  #loggedMs = Number.NEGATIVE_INFINITY;

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = clock;
    this.#log = log;
  }

  get isFailing(): boolean {
    return this.#failingSinceMs !== undefined;
  }

  /** For how long it has not answered; 0 while it does. */
  get failingMs(): number {
    return this.#failingSinceMs === undefined ? 0 : this.#clock.now() - this.#failingSinceMs;
  }

  /** For how long it has answered without a failure. */
  get answeringMs(): number {
    return this.#answeringSinceMs === undefined ? 0 : this.#clock.now() - this.#answeringSinceMs;
  }

  succeeded(): void {
    if (this.isFailing) this.#log.info({}, "The database of budgets answers again.");
    this.#answeringSinceMs ??= this.#clock.now();
    this.#failingSinceMs = undefined;
    this.#failures = 0;
  }

  failed(error: unknown): void {
    const nowMs = this.#clock.now();
    this.#failures += 1;
    this.#failingSinceMs ??= nowMs;
    this.#answeringSinceMs = undefined;
    if (nowMs - this.#loggedMs < logEveryMs) return;
    this.#loggedMs = nowMs;
    this.#log.error(
      { error: messageOf(error) },
      "The database of budgets does not answer. Calls go on within their leases, and are refused beyond them.",
    );
  }

  /** How long to wait before the next try: longer with each failure, never the same for all gateways. */
  get backoffMs(): number {
    const mostMs = Math.min(longestBackoffMs, 50 * 2 ** Math.min(this.#failures, 10));
    return mostMs / 2 + (Math.random() * mostMs) / 2;
  }
}

/** What an error says, for the log. */
export const messageOf = (error: unknown) =>
  error instanceof Error ? error.message : String(error);
