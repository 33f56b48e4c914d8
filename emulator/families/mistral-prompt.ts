import { isKnownQuestion } from "../answers/text-answers.ts";
import type { RawPrompt } from "./llama-prompt.ts";
import type { Turn } from "./turns.ts";

/**
 * Reads `<s>[INST] … [/INST] …</s>` turns. The template has no system role: when the first
 * instruction begins with a paragraph that asks nothing the emulator knows, that paragraph is taken
 * for the system's. A prompt without the template is one of the user.
 */
export function readMistralPrompt(prompt: string): RawPrompt {
  const turns: Turn[] = [];
  for (const [, instruction = "", answer = ""] of prompt.matchAll(
    /\[INST\] ?([\s\S]*?) ?\[\/INST\]([\s\S]*?)(?:<\/s>|(?=\[INST\])|$)/g,
  )) {
    turns.push({ role: "user", text: instruction });
    const text = answer.replace(/^ /, "");
    if (text !== "") turns.push({ role: "assistant", text });
  }
  const [first, ...rest] = turns;
  if (!first) return { system: "", turns: [{ role: "user", text: prompt }] };
  const { system, text } = splitSystem(first.text);
  return { system, turns: [{ ...first, text }, ...rest] };
}

function splitSystem(instruction: string) {
  const at = instruction.indexOf("\n\n");
  const head = instruction.slice(0, Math.max(0, at));
  if (at < 0 || isKnownQuestion(head)) return { system: "", text: instruction };
  return { system: head, text: instruction.slice(at + 2) };
}
