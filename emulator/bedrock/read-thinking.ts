import { isJsonObject } from "../json.ts";
import type { Prompt } from "../prompt.ts";
import { checkClaude, type Thinking } from "./claude-rules.ts";
import { invalid } from "./validation.ts";

/** Reads Claude's `thinking`, also known as `reasoning_config`. */
export function readThinking(value: unknown): Thinking | undefined {
  if (value === undefined) return undefined;
  const { type, budget_tokens: budgetTokens } = isJsonObject(value) ? value : {};
  if (type !== "enabled" && type !== "adaptive" && type !== "disabled") {
    throw invalid(
      `thinking: Input tag '${String(type)}' found using 'type' does not match any of the expected tags: 'disabled', 'enabled', 'adaptive'`,
    );
  }
  if (type !== "enabled") return { type };
  if (typeof budgetTokens !== "number") {
    throw invalid("thinking.enabled.budget_tokens: Field required");
  }
  return { type, budgetTokens };
}

/** A prompt that is thought about as asked; refuses what the model does not take. */
export function withThinking(
  prompt: Prompt,
  thinking: Thinking | undefined,
  effort: unknown,
  modelId: string,
): Prompt {
  checkClaude(prompt, thinking, modelId);
  if (!thinking && effort === undefined) return prompt;
  return {
    ...prompt,
    isReasoning: thinking !== undefined && thinking.type !== "disabled",
    facts: {
      ...prompt.facts,
      ...(thinking && { thinking: thinking.type }),
      ...(thinking?.budgetTokens !== undefined && { thinking_budget: thinking.budgetTokens }),
      ...(typeof effort === "string" && { effort }),
    },
  };
}
