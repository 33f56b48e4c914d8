import type { CompletionEvent } from "../core/reply.ts";

/** What a caller has of an answer, as long as a model could go on with it. */
export interface SentText {
  /** Every event, in order; cheap, because there is one for every token. */
  see(event: CompletionEvent): void;
  /** The text until now; undefined when it is none, or holds what no model is given back to go on with. */
  readonly text: string | undefined;
}

/** More characters than a model writes in one answer (128,000 tokens): a longer text is not kept. */
const mostCharacters = 1024 * 1024;

/**
 * Begins with nothing. Pieces of tools and of reasoning, a second block, and a text that is too long end the keeping for
 * good.
 */
export function watchSentText(): SentText {
  let text = "";
  let isKept = true;
  return {
    see(event) {
      if (!isKept || event.case !== "delta") return;
      const { piece, blockIndex } = event.value;
      if (piece.case === "text" && blockIndex === 0) text += piece.value;
      else isKept = false;
      if (text.length > mostCharacters) isKept = false;
      if (!isKept) text = "";
    },
    get text() {
      return text === "" ? undefined : text;
    },
  };
}
