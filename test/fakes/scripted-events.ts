import type { CompletionEvent } from "../../server/core/reply.ts";

/** What a source does when it is read once more: an event, an error, or silence until `arrive`. */
export type Step = CompletionEvent | { readonly error: unknown } | "silence";

/** Events by a script, which count how they are treated. */
export interface ScriptedEvents extends AsyncIterable<CompletionEvent> {
  /** How often `next` was called. */
  readonly reads: number;
  /** How often `return` was called. */
  readonly closes: number;
  /** Ends the silence of the read under way; without a step the source ends. */
  arrive(step?: Exclude<Step, "silence">): void;
}

/** A source that follows the steps and then ends. */
export function scriptedEvents(...steps: readonly Step[]): ScriptedEvents {
  let reads = 0;
  let closes = 0;
  let endSilence: ((step: Exclude<Step, "silence"> | undefined) => void) | undefined;
  const iterator: AsyncIterator<CompletionEvent> = {
    async next() {
      const step = steps[reads++];
      if (step !== "silence") return resultOf(step);
      return resultOf(await new Promise((resolve) => (endSilence = resolve)));
    },
    async return() {
      closes++;
      return { done: true, value: undefined };
    },
  };
  return {
    [Symbol.asyncIterator]: () => iterator,
    get reads() {
      return reads;
    },
    get closes() {
      return closes;
    },
    arrive: (step) => endSilence?.(step),
  };
}

function resultOf(step: Exclude<Step, "silence"> | undefined): IteratorResult<CompletionEvent> {
  if (step === undefined) return { done: true, value: undefined };
  if ("error" in step) throw step.error;
  return { done: false, value: step };
}
