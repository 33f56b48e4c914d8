import {
  type CompleteRequest,
  ReasoningEffort,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../core/call.ts";
import { type FieldViolation, GatewayError } from "../core/error.ts";
import type { RefusableField } from "../core/model-traits.ts";
import type { Accepts } from "./accepts.ts";
import { blockViolations } from "./check-blocks.ts";

/**
 * Refuses, before anything is sent, every field that the endpoint's family or model cannot be asked: INVALID_ARGUMENT
 * with each of them. Expects a request that fits the contract already.
 */
export function checkRequest(request: CompleteRequest, endpoint: Endpoint, accepts: Accepts): void {
  const violations = [
    ...rangeViolations(request, endpoint, accepts),
    ...familyViolations(request, accepts),
    ...modelViolations(request, endpoint, accepts),
    ...blockViolations(request.messages, endpoint, accepts),
  ];
  if (violations.length === 0) return;
  const byField = new Map(violations.map((violation) => [violation.field, violation]));
  throw GatewayError.invalid(...[...byField.values()].slice(0, mostViolations));
}

/** A conversation of a thousand pictures gets a readable answer all the same. */
const mostViolations = 20;

/** Values that the contract allows and the family, or the model, does not. */
function rangeViolations(
  { temperature = 0, stopSequences, maxTokens = 0 }: CompleteRequest,
  { model, maxOutputTokens = Number.POSITIVE_INFINITY }: Endpoint,
  { name, maxTokens: familyLimit = Number.POSITIVE_INFINITY, ...accepts }: Accepts,
): FieldViolation[] {
  const limit = Math.min(maxOutputTokens, familyLimit);
  return chosen([
    [
      temperature > accepts.temperature,
      "temperature",
      `${name} takes 0 to ${accepts.temperature}.`,
    ],
    [
      stopSequences.length > accepts.stopSequences,
      "stop_sequences",
      `${name} takes at most ${accepts.stopSequences}.`,
    ],
    [
      maxTokens > limit,
      "max_tokens",
      `${model} writes at most ${limit} tokens. Ask for that many or fewer.`,
    ],
  ]);
}

/** Fields that mean nothing to the family. */
function familyViolations(request: CompleteRequest, accepts: Accepts): FieldViolation[] {
  const absent = (what: string) => `${accepts.name} has no ${what}. Leave the field out.`;
  const wantsSchema = request.responseFormat?.format.case === "jsonSchema";
  return chosen([
    [!accepts.topP && request.topP !== undefined, "top_p", absent("top_p")],
    [!accepts.topK && request.topK !== undefined, "top_k", absent("top_k")],
    [!accepts.seed && request.seed !== undefined, "seed", absent("seed")],
    [!accepts.tools && request.tools.length > 0, "tools", absent("tools")],
    [!accepts.tools && !!request.toolChoice, "tool_choice", absent("tools")],
    [
      !accepts.jsonSchema && wantsSchema,
      "response_format.json_schema",
      absent("JSON-schema answers"),
    ],
    [!accepts.reasoning && asksReasoning(request), "reasoning", absent("control of its reasoning")],
    [
      !accepts.systemCachePoint && !!request.systemCachePoint,
      "system_cache_point",
      absent("prompt cache"),
    ],
  ]);
}

/** Fields that others of the family take and this model does not. */
function modelViolations(
  request: CompleteRequest,
  { traits, model }: Endpoint,
  accepts: Accepts,
): FieldViolation[] {
  const cannotBeTold = traits.reasoning === undefined || traits.reasoning === "always";
  const fields = Object.keys(isSet) as RequestField[];
  const refused = fields.map((field) => {
    const description = `${model} refuses it. Leave the field out.`;
    const holds = traits.refuses.has(field) && isSet[field](request);
    return [holds, pathOf(field), description] as const;
  });
  return chosen([
    ...refused,
    [
      accepts.reasoning && cannotBeTold && asksReasoning(request),
      "reasoning",
      `${model} cannot be told how much to reason. Leave the field out.`,
    ],
  ]);
}

type RequestField = Exclude<RefusableField, `messages.${string}`>;

/** How a request sets each field that a model may refuse. Blocks of messages are looked at one by one. */
const isSet: Readonly<Record<RequestField, (request: CompleteRequest) => boolean>> = {
  temperature: ({ temperature }) => temperature !== undefined,
  top_p: ({ topP }) => topP !== undefined,
  top_k: ({ topK }) => topK !== undefined,
  seed: ({ seed }) => seed !== undefined,
  stop_sequences: ({ stopSequences }) => stopSequences.length > 0,
  system: ({ system }) => system !== "",
  tools: ({ tools }) => tools.length > 0,
  "tool_choice.any": ({ toolChoice }) => toolChoice?.choice.case === "any",
  "tool_choice.tool_name": ({ toolChoice }) => toolChoice?.choice.case === "toolName",
  system_cache_point: ({ systemCachePoint }) => systemCachePoint !== undefined,
  "response_format.json_schema": ({ responseFormat }) =>
    responseFormat?.format.case === "jsonSchema",
  "reasoning.none": ({ reasoning }) => reasoning?.effort === ReasoningEffort.NONE,
  "reasoning.effort": ({ reasoning }) => (reasoning?.effort ?? 0) > ReasoningEffort.NONE,
  "reasoning.budget_tokens": ({ reasoning }) => reasoning?.budgetTokens !== undefined,
  latency_profile: ({ latencyProfile }) => latencyProfile !== 0,
  service_tier: ({ serviceTier }) => serviceTier !== 0,
};

/** A refusable field as a path of the contract. */
function pathOf(field: RequestField): string {
  return field === "reasoning.none" ? "reasoning.effort" : field;
}

/** An empty `reasoning` asks for nothing. */
function asksReasoning({ reasoning }: CompleteRequest): boolean {
  return !!reasoning?.effort || reasoning?.budgetTokens !== undefined;
}

/** The violations whose condition holds. */
function chosen(
  table: readonly (readonly [holds: boolean, field: string, description: string])[],
): FieldViolation[] {
  return table.filter(([holds]) => holds).map(([, field, description]) => ({ field, description }));
}
