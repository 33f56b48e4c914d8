import type { TextTurn } from "./text-turns.ts";

/**
 * A conversation in Mistral's instruct template (AWS: Mistral AI text completion). There is no role for the system: its
 * text stands before the first of the user. What the model has begun to write and goes on with stands behind a space, as
 * every turn of its own.
 */
export function mistralPrompt(system: string, turns: readonly TextTurn[], begun = ""): string {
  const written = turns.map(({ role, text }, index) => {
    const whole = index === 0 && system !== "" ? `${system}\n\n${text}` : text;
    const safe = withoutMistralTokens(whole);
    return role === "user" ? `[INST] ${safe} [/INST]` : ` ${safe}</s>`;
  });
  const open = begun === "" ? "" : ` ${withoutMistralTokens(begun)}`;
  return `<s>${written.join("")}${open}`;
}

/** The words in brackets that are control tokens of some Mistral model (mistral-common: special tokens). */
const bracketed =
  "INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|CALL_ID|ARGS|THINK|MODEL_SETTINGS|PREFIX|MIDDLE|SUFFIX|IMG|IMG_BREAK|IMG_END|AUDIO|BEGIN_AUDIO|TRANSCRIBE";

const controlToken = new RegExp(
  `<(?=(?:/?s|unk|pad|SPECIAL_\\d+)>)|\\[(?=/?(?:${bracketed})\\])`,
  "g",
);

/**
 * A caller's text in which nothing is a control token: a space after the bracket makes plain text of one. Nothing is
 * taken out, because `<s>` is HTML too, and so no new token can come of it.
 */
export function withoutMistralTokens(text: string): string {
  return text.replace(controlToken, "$& ");
}
