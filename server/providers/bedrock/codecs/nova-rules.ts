import type { JsonObject } from "@bufbuild/protobuf";
import type { CompleteRequest } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../../core/call.ts";
import { type FieldViolation, GatewayError } from "../../../core/error.ts";
import { reasoningWishOf, refuseWish } from "../../codec-parts/reasoning-wish.ts";
import type { ToolRules } from "./converse-tools.ts";

/** Nova's highest `topK` (AWS: Amazon Nova, request schema). */
const highestTopK = 128;

/** Members of a tool's schema that Nova refuses at its top (AWS: Amazon Nova, Troubleshooting tool calls). */
const refusedMembers = new Set([
  "$schema",
  "$id",
  "$comment",
  "title",
  "description",
  "additionalProperties",
]);

/** Tools of Nova. Its cache takes system and messages, but not tools alone (AWS: Prompt caching). */
export const novaTools: ToolRules = {
  cachesTools: false,
  schemaOf: (schema) =>
    Object.fromEntries(Object.entries(schema).filter(([name]) => !refusedMembers.has(name))),
};

/** How Nova 2 is told to reason. */
export interface NovaReasoning {
  readonly reasoningConfig?: JsonObject;
  /** At high effort Nova takes no limit and no sampling parameters (AWS: Extended thinking in Amazon Nova 2). */
  readonly isUnlimited: boolean;
}

/** The same for InvokeModel and Converse. Throws INVALID_ARGUMENT for a wish that the model cannot be told. */
export function novaReasoning(request: CompleteRequest, endpoint: Endpoint): NovaReasoning {
  const wish = reasoningWishOf(request);
  if (!wish) return { isUnlimited: false };
  if (endpoint.traits.reasoning !== "effort") throw refuseWish(wish, endpoint);
  if (wish.kind === "budget") throw refuseWish(wish, endpoint);
  if (wish.kind === "none") return { reasoningConfig: { type: "disabled" }, isUnlimited: false };
  if (wish.effort === "high") refuseAtHighEffort(request);
  const reasoningConfig = { type: "enabled", maxReasoningEffort: wish.effort };
  return { reasoningConfig, isUnlimited: wish.effort === "high" };
}

function refuseAtHighEffort({ maxTokens, temperature, topP, topK }: CompleteRequest): void {
  const description = "Nova takes none at high effort. Leave it out, or ask for a lower effort.";
  const fields = { max_tokens: maxTokens, temperature, top_p: topP, top_k: topK };
  const found: FieldViolation[] = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([field]) => ({ field, description }));
  if (found.length > 0) throw GatewayError.invalid(...found);
}

/** Refuses what the contract allows and Nova does not. */
export function checkNova({ topK = 0 }: CompleteRequest): void {
  if (topK <= highestTopK) return;
  const description = `Nova takes at most ${highestTopK}.`;
  throw GatewayError.invalid({ field: "top_k", description });
}
