import type { TextTurn } from "./text-turns.ts";

/**
 * A conversation in the form that Titan Text is told about (AWS: Amazon Titan Text models). There is no role for the
 * system: its text stands before the first turn. What the model has begun to write and goes on with stands on a line of
 * its own, where the models begin their answers.
 */
export function titanPrompt(system: string, turns: readonly TextTurn[], begun = ""): string {
  const written = turns.map(
    ({ role, text }) => `${role === "user" ? "User" : "Bot"}: ${withoutTurnMarkers(text)}\n`,
  );
  const opening = system === "" ? "" : `${withoutTurnMarkers(system)}\n\n`;
  const open = begun === "" ? "" : `\n${withoutTurnMarkers(begun)}`;
  return `${opening}${written.join("")}Bot:${open}`;
}

/**
 * A caller's text in which no line begins a turn: a marker at the beginning of a line gets a space before its colon.
 * The form has no special tokens, so this is as far as it can be guarded.
 */
export function withoutTurnMarkers(text: string): string {
  return text.replace(/^([^\S\r\n\u2028\u2029]*(?:user|bot))(?=:)/gim, "$1 ");
}
