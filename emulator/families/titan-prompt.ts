import type { RawPrompt } from "./llama-prompt.ts";
import type { Turn } from "./turns.ts";

/**
 * Reads `User: …\nBot: …` turns; what stands before the first is the system's. An empty `Bot:` at
 * the end is left out; one with text, behind a space or on a line of its own, is the beginning of
 * the answer. A prompt without turns is one of the user.
 */
export function readTitanPrompt(prompt: string): RawPrompt {
  const marks = [...prompt.matchAll(/^(User|Bot):/gm)];
  if (!marks.some(([, role]) => role === "User")) {
    return { system: "", turns: [{ role: "user", text: prompt }] };
  }
  const turns = marks.map((mark, index): Turn => {
    const from = mark.index + mark[0].length;
    const next = marks[index + 1];
    const text = prompt.slice(from, next?.index).replace(/^[ \n]/, "");
    const role = mark[1] === "User" ? "user" : "assistant";
    return { role, text: next ? text.replace(/\n$/, "") : text };
  });
  const last = turns.at(-1);
  const isOpen = last?.role === "assistant" && last.text === "";
  return {
    system: prompt.slice(0, marks[0]?.index).trimEnd(),
    turns: isOpen ? turns.slice(0, -1) : turns,
  };
}
