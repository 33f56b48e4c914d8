import { countMessageTokens, countTokens } from "../count-tokens.ts";
import type { Prompt, PromptPart } from "../prompt.ts";

/** What anything but text costs, in tokens, whatever its size. */
export const fixedTokens = {
  image: 100,
  document: 200,
  video: 300,
  audio: 300,
  tool: 10,
  schema: 10,
} as const;

const tokensPerMessage = countMessageTokens("");

/** Tokens of a whole prompt: tools, schema, system and messages. */
export function countPrompt({ tools = [], answerSchema, system, messages }: Prompt): number {
  const schema = answerSchema === undefined ? 0 : fixedTokens.schema;
  return messages.reduce(
    (sum, { parts }) => sum + tokensPerMessage + countParts(parts),
    tools.length * fixedTokens.tool + schema + countParts(system),
  );
}

/** Tokens of some parts; neighbouring texts are counted as one. */
export function countParts(parts: readonly PromptPart[]): number {
  let tokens = 0;
  let text = "";
  for (const part of parts) {
    if (part.kind === "text") text += part.text;
    else {
      tokens += countTokens(text) + countOther(part);
      text = "";
    }
  }
  return tokens + countTokens(text);
}

function countOther(part: PromptPart): number {
  switch (part.kind) {
    case "media":
      return fixedTokens[part.medium];
    case "tool-use":
      return countTokens(`${part.name} ${JSON.stringify(part.input)}`);
    case "tool-result":
    case "reasoning":
      return countTokens(part.text);
    default:
      return 0;
  }
}
