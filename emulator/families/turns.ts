import { type PromptMessage, textParts } from "../prompt.ts";

/** A turn taken out of a raw prompt. */
export interface Turn {
  readonly role: PromptMessage["role"];
  readonly text: string;
}

/** Turns as messages. */
export function messagesOf(turns: readonly Turn[]): readonly PromptMessage[] {
  return turns.map(({ role, text }) => ({ role, parts: textParts(text) }));
}

/** Says whether the model continues a text of its own instead of beginning one. */
export function isContinued(turns: readonly Turn[]): boolean {
  const last = turns.at(-1);
  return last?.role === "assistant" && last.text !== "";
}
