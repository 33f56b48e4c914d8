import type { Prompt } from "../prompt.ts";
import { invalid } from "./validation.ts";

/** How a request asks Claude to think. */
export interface Thinking {
  readonly type: "enabled" | "adaptive" | "disabled";
  readonly budgetTokens?: number;
}

/** Claude 4.6 and everything later: a conversation must end with the user (Anthropic: migration guide to 4.6). */
const withoutPrefill = /^anthropic\.claude-(?:(?:opus|sonnet|haiku)-(?:4-[678]|5)|fable-)/;
/** Claude Opus 4.7 and later, Sonnet 5 and later, Fable: no sampling, no budgets. */
const modern = /^anthropic\.claude-(?:opus-4-[78]|opus-5|sonnet-5|fable-)/;
/** Opus 5.5, Sonnet 5.5 and Fable 5.1: thinking cannot be switched off, nor a tool forced. */
const newest = /^anthropic\.claude-(?:opus-5-5|sonnet-5-5|fable-5-1)/;

const leastBudget = 1_024;

/** Refuses what a Claude model no longer takes, and combinations that none takes. */
export function checkClaude(prompt: Prompt, thinking: Thinking | undefined, modelId: string): void {
  if (withoutPrefill.test(modelId)) checkEnd(prompt);
  const isForced = prompt.toolChoice?.kind === "any" || prompt.toolChoice?.kind === "tool";
  if (modern.test(modelId)) checkModern(prompt, thinking);
  if (newest.test(modelId) && thinking?.type === "disabled") {
    throw invalid('"thinking.type.disabled" is not supported for this model.');
  }
  if (newest.test(modelId) && isForced) {
    throw invalid("tool_choice: forcing a tool is not supported for this model.");
  }
  if (thinking && thinking.type !== "disabled") checkThinking(prompt, thinking, isForced);
}

function checkEnd({ messages }: Prompt): void {
  if (messages.at(-1)?.role !== "assistant") return;
  throw invalid(
    "This model does not support assistant message prefill. The conversation must end with a user message.",
  );
}

function checkModern({ sampling }: Prompt, thinking: Thinking | undefined): void {
  for (const [name, value] of Object.entries(sampling)) {
    const isDefault = name !== "top_k" && value === 1;
    if (!isDefault) throw invalid(`\`${name}\` is deprecated for this model.`);
  }
  if (thinking?.type === "enabled") {
    throw invalid(
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
    );
  }
}

function checkThinking(
  { maxTokens, messages, sampling }: Prompt,
  { type, budgetTokens = 0 }: Thinking,
  isForced: boolean,
): void {
  if (type === "enabled" && budgetTokens < leastBudget) {
    throw invalid(
      `thinking.enabled.budget_tokens: Input should be greater than or equal to ${leastBudget}`,
    );
  }
  if (type === "enabled" && budgetTokens >= maxTokens) {
    throw invalid("`max_tokens` must be greater than `thinking.budget_tokens`.");
  }
  if (isForced) throw invalid("Thinking may not be enabled when tool_choice forces tool use.");
  if ((sampling.temperature ?? 1) !== 1) {
    throw invalid("`temperature` may only be set to 1 when thinking is enabled.");
  }
  if (messages.at(-1)?.role === "assistant") {
    throw invalid(
      "When thinking is enabled, a final `assistant` message must start with a thinking block.",
    );
  }
}
