import type { Turn } from "./turns.ts";

/** What a raw prompt says, taken apart. */
export interface RawPrompt {
  readonly system: string;
  readonly turns: readonly Turn[];
}

/** Meta's documented templates of Llama 3 to 3.3, and of Llama 4. */
const templates = {
  llama3: /<\|start_header_id\|>(\w+)<\|end_header_id\|>\n\n([\s\S]*?)(<\|eot_id\|>|$)/g,
  llama4: /<\|header_start\|>(\w+)<\|header_end\|>\n\n([\s\S]*?)(<\|eot\|>|$)/g,
} as const;

/**
 * Reads the turns of Llama's chat template; the open turn at the end is left out when it is empty,
 * and is otherwise the beginning of the answer. A prompt without the template is one of the user.
 */
export function readLlamaPrompt(prompt: string, modelId: string): RawPrompt {
  const template = modelId.startsWith("meta.llama4") ? templates.llama4 : templates.llama3;
  const turns: Turn[] = [];
  let system = "";
  for (const [, role = "", text = "", end] of prompt.matchAll(template)) {
    if (role === "system") system += text;
    else if (role === "assistant" && text === "" && end === "") continue;
    else turns.push({ role: role === "assistant" ? "assistant" : "user", text });
  }
  return turns.length === 0 && system === ""
    ? { system, turns: [{ role: "user", text: prompt }] }
    : { system, turns };
}
