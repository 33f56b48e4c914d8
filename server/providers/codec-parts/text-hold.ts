import type { CompletionEvent } from "../../core/reply.ts";

/**
 * Text of an answer that is expected through a tool. A model may say a few words before it uses the tool; those are no
 * part of the answer, so text waits until it is known whether the tool is used.
 */
export interface TextHold {
  /** What may leave now that this text is there. */
  pass(events: CompletionEvent[], length: number): CompletionEvent[];
  /** The text is the answer, or stands before a use of one of the caller's own tools. */
  release(): CompletionEvent[];
  /** The tool is used: text is not the answer, neither what was held nor what follows. */
  drop(): void;
}

/** Words before a tool use are few; from so many characters on the text is the answer, and is written as it comes. */
const mostCharacters = 4096;

/** Begins with nothing held. Where no tool is expected everything passes at once. */
export function createTextHold(isToolExpected: boolean): TextHold {
  let state: "holding" | "passing" | "dropping" = isToolExpected ? "holding" : "passing";
  let held: CompletionEvent[] = [];
  let characters = 0;
  const release = () => {
    const events = held;
    held = [];
    state = state === "holding" ? "passing" : state;
    return events;
  };
  return {
    pass(events, length) {
      if (state === "passing") return events;
      if (state === "dropping") return [];
      held.push(...events);
      characters += length;
      return characters > mostCharacters ? release() : [];
    },
    release,
    drop() {
      held = [];
      state = "dropping";
    },
  };
}
