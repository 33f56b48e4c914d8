import {
  type CompleteRequest,
  ReasoningEffort,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../core/call.ts";
import { GatewayError } from "../../core/error.ts";

/** How much a model is asked to reason, in the words that all providers use. */
export type ReasoningWish =
  | { readonly kind: "none" }
  | { readonly kind: "effort"; readonly effort: EffortWord }
  | { readonly kind: "budget"; readonly tokens: number };

export type EffortWord = "low" | "medium" | "high";

const effortWords: ReadonlyMap<ReasoningEffort, EffortWord> = new Map([
  [ReasoningEffort.LOW, "low"],
  [ReasoningEffort.MEDIUM, "medium"],
  [ReasoningEffort.HIGH, "high"],
]);

/** What a request asks; undefined when it leaves the matter to the model. */
export function reasoningWishOf({ reasoning }: CompleteRequest): ReasoningWish | undefined {
  if (!reasoning) return undefined;
  if (reasoning.budgetTokens !== undefined) {
    return { kind: "budget", tokens: reasoning.budgetTokens };
  }
  if (reasoning.effort === ReasoningEffort.NONE) return { kind: "none" };
  const effort = effortWords.get(reasoning.effort);
  return effort && { kind: "effort", effort };
}

/** Whether the request switches reasoning on. */
export function asksForReasoning(request: CompleteRequest): boolean {
  const wish = reasoningWishOf(request);
  return wish !== undefined && wish.kind !== "none";
}

/** The error for a wish that the model cannot be told. */
export function refuseWish(wish: ReasoningWish, { traits, model }: Endpoint): GatewayError {
  const field = wish.kind === "budget" ? "reasoning.budget_tokens" : "reasoning.effort";
  const description =
    traits.reasoning === undefined || traits.reasoning === "always"
      ? `${model} cannot be told how much to reason. Leave the field out.`
      : wish.kind === "none"
        ? `${model} always reasons. Ask for another effort, or leave the field out.`
        : `${model} is told by effort. Set reasoning.effort instead.`;
  return GatewayError.invalid({ field, description });
}
