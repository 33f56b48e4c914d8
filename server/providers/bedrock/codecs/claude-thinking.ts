import type { CompleteRequest } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../../core/call.ts";
import { type FieldViolation, GatewayError } from "../../../core/error.ts";
import {
  type EffortWord,
  type ReasoningWish,
  reasoningWishOf,
  refuseWish,
} from "../../codec-parts/reasoning-wish.ts";

/** How Claude is told to reason: `thinking` of its body, and `effort` of its `output_config`. */
export interface ClaudeThinking {
  readonly thinking?: {
    readonly type: "enabled" | "adaptive" | "disabled";
    readonly budget_tokens?: number;
  };
  readonly effort?: EffortWord;
}

/** Claude thinks with at least so many tokens (Anthropic: Extended thinking). */
const leastBudget = 1024;

/** The part of `max_tokens` that an effort is worth for models that take a budget; the rest is for the answer. */
const budgetParts: Readonly<Record<EffortWord, number>> = { low: 0.2, medium: 0.5, high: 0.8 };

/** The same for InvokeModel and Converse. Throws INVALID_ARGUMENT for a wish that the model cannot be told. */
export function claudeThinking(
  request: CompleteRequest,
  endpoint: Endpoint,
  maxTokens: number,
): ClaudeThinking {
  const wish = reasoningWishOf(request);
  if (!wish) return {};
  const told = thinkingOf(wish, endpoint, maxTokens);
  if (told.thinking && told.thinking.type !== "disabled") refuseWithThinking(request, endpoint);
  return told;
}

function thinkingOf(wish: ReasoningWish, endpoint: Endpoint, maxTokens: number): ClaudeThinking {
  const { reasoning } = endpoint.traits;
  if (reasoning === undefined || reasoning === "always") throw refuseWish(wish, endpoint);
  if (wish.kind === "none") return { thinking: { type: "disabled" } };
  if (reasoning === "budget") {
    return { thinking: { type: "enabled", budget_tokens: budgetOf(wish, maxTokens) } };
  }
  if (wish.kind === "budget") throw refuseWish(wish, endpoint);
  const { effort } = wish;
  return reasoning === "adaptive" ? { thinking: { type: "adaptive" }, effort } : { effort };
}

type PositiveWish = Exclude<ReasoningWish, { kind: "none" }>;

/** The budget counts towards `max_tokens`, so some of those must be left for the answer. */
function budgetOf(wish: PositiveWish, maxTokens: number): number {
  const tokens =
    wish.kind === "budget"
      ? wish.tokens
      : Math.max(leastBudget, Math.floor(maxTokens * budgetParts[wish.effort]));
  if (tokens >= leastBudget && tokens < maxTokens) return tokens;
  const field = wish.kind === "budget" ? "reasoning.budget_tokens" : "reasoning.effort";
  const description =
    tokens < leastBudget
      ? `Must be at least ${leastBudget}.`
      : `Takes ${tokens} tokens out of max_tokens, which is ${maxTokens}. Set max_tokens above that.`;
  throw GatewayError.invalid({ field, description });
}

/** What Claude does not take while it thinks (Anthropic: Extended thinking, feature compatibility). */
function refuseWithThinking(request: CompleteRequest, { traits }: Endpoint): void {
  const { temperature, topP, topK, toolChoice } = request;
  const choice = toolChoice?.choice.case;
  const found: FieldViolation[] = [];
  if (temperature !== undefined && temperature !== 1) {
    found.push({
      field: "temperature",
      description: "Must be 1, or left out, while Claude reasons.",
    });
  }
  if (topP !== undefined && topP < 0.95) {
    found.push({
      field: "top_p",
      description: "Must be 0.95 to 1, or left out, while Claude reasons.",
    });
  }
  if (topK !== undefined) {
    found.push({ field: "top_k", description: "Must be left out while Claude reasons." });
  }
  // Newer models may be forced all the same; those that may not say so themselves.
  if (traits.reasoning === "budget" && (choice === "any" || choice === "toolName")) {
    const field = choice === "any" ? "tool_choice.any" : "tool_choice.tool_name";
    found.push({ field, description: "No tool can be forced while Claude reasons. Ask for auto." });
  }
  if (found.length > 0) throw GatewayError.invalid(...found);
}
