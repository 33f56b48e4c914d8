import type { TextTurn } from "./text-turns.ts";

/**
 * A conversation in the form that Titan Text is told about (AWS: Amazon Titan Text models). There is no role for the
 * system: its text stands before the first turn. To let the model continue a text of its own, append a line break and
 * the text.
 */
export function titanPrompt(system: string, turns: readonly TextTurn[]): string {
  const written = turns.map(
    ({ role, text }) => `${role === "user" ? "User" : "Bot"}: ${withoutTurnMarkers(text)}\n`,
  );
  const opening = system === "" ? "" : `${withoutTurnMarkers(system)}\n\n`;
  return `${opening}${written.join("")}Bot:`;
}

/**
 * A caller's text in which no line begins a turn: a marker at the beginning of a line gets a space before its colon.
 * The form has no special tokens, so this is as far as it can be guarded.
 */
export function withoutTurnMarkers(text: string): string {
  return text.replace(/^([^\S\r\n\u2028\u2029]*(?:user|bot))(?=:)/gim, "$1 ");
}
