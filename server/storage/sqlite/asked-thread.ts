import { Worker } from "node:worker_threads";
import type { Clock } from "../../core/clock.ts";
import { createRoster } from "../../core/roster.ts";
import type { Refused } from "./thread/operation.ts";

/** A thread that answers questions, one after the other. */
export interface AskedThread<Question> {
  /**
   * Rejects when it fails, takes too long, or too many wait. A question that took too long is answered all the same, to
   * nobody.
   */
  ask<Answer>(question: Question, how?: AskOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface AskOptions {
  /** Memory of the question, which is the thread's from here on. */
  readonly given?: ArrayBuffer;
  /** In place of the thread's. */
  readonly waitMs?: number;
}

export interface AskedThreadOptions {
  readonly main: URL;
  readonly name: string;
  readonly workerData: unknown;
  readonly clock: Clock;
  /** How long an answer is waited for. */
  readonly waitMs: number;
  /** So many wait for their turn; no more are taken. */
  readonly mostWaiting: number;
  /** Whether what was asked is answered before the thread ends. */
  readonly endsInOrder: boolean;
  /** The error when the thread's file cannot be used. */
  readonly refused?: (refused: Refused) => Error;
}

/** To the thread. */
export interface Asked<Question> {
  readonly number: number;
  readonly question: Question;
}

/** From it; it ends when it is refused its file. */
export type Answered =
  | { readonly number: number; readonly answer: unknown }
  | { readonly number: number; readonly failure: string }
  | Refused;

interface Asker {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/** The thread is started by the first question, and again by the next one when it was lost. It holds the process while it is asked. */
export function createAskedThread<Question>(options: AskedThreadOptions): AskedThread<Question> {
  const { main, name, workerData, clock, waitMs, mostWaiting, endsInOrder, refused } = options;
  const askers = createRoster<Asker>();
  let worker: Worker | undefined;
  let isClosed = false;

  const start = (): Worker => {
    const started = new Worker(main, { workerData, name });
    let fault: unknown = new Error(`The thread ${name} has ended.`);
    started.on("message", (answered: Answered) => {
      if ("refusal" in answered) fault = refused?.(answered) ?? new Error(answered.reason);
      else take(answered);
    });
    started.once("error", (error) => {
      fault = error;
    });
    started.once("exit", () => {
      worker = undefined;
      for (const asker of askers) asker.reject(fault);
      askers.clear();
    });
    return started;
  };
  const take = (answered: Exclude<Answered, Refused>) => {
    const asker = askers.take(answered.number);
    if (askers.size === 0 && !isClosed) worker?.unref();
    if ("answer" in answered) asker?.resolve(answered.answer);
    else asker?.reject(new Error(answered.failure));
  };

  return {
    ask<Answer>(question: Question, how: AskOptions = {}): Promise<Answer> {
      if (isClosed) return Promise.reject(new Error(`The thread ${name} is closed.`));
      if (askers.size >= mostWaiting)
        return Promise.reject(new Error(`${name} has too much to do.`));
      return new Promise<Answer>((resolve, reject) => {
        worker ??= start();
        worker.ref();
        const disarm = clock.after(how.waitMs ?? waitMs, () =>
          reject(new Error(`${name} took too long.`)),
        );
        const asker: Asker = {
          resolve(answer) {
            disarm();
            resolve(answer as Answer);
          },
          reject(error) {
            disarm();
            reject(error);
          },
        };
        const message: Asked<Question> = { number: askers.add(asker), question };
        worker.postMessage(message, how.given ? [how.given] : []);
      });
    },
    async close() {
      isClosed = true;
      const ending = worker;
      if (!ending) return;
      if (!endsInOrder) return void (await ending.terminate());
      const gone = new Promise<void>((resolve) => ending.once("exit", () => resolve()));
      ending.ref();
      ending.postMessage("close");
      await gone;
    },
  };
}
