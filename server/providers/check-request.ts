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
  accepts: Accepts,
): FieldViolation[] {
  const { name, maxTokens: familyLimit = Number.POSITIVE_INFINITY } = accepts;
  const limit = Math.min(maxOutputTokens, familyLimit);
  const violations: FieldViolation[] = [];
  if (temperature > accepts.temperature) {
    const description = `${name} takes 0 to ${accepts.temperature}.`;
    violations.push({ field: "temperature", description });
  }
  if (stopSequences.length > accepts.stopSequences) {
    const description = `${name} takes at most ${accepts.stopSequences}.`;
    violations.push({ field: "stop_sequences", description });
  }
  if (maxTokens > limit) {
    const description = `${model} writes at most ${limit} tokens. Ask for that many or fewer.`;
    violations.push({ field: "max_tokens", description });
  }
  return violations;
}

/** Fields that mean nothing to the family. */
function familyViolations(request: CompleteRequest, accepts: Accepts): FieldViolation[] {
  return familyFields
    .filter(({ needs, isSet }) => !accepts[needs] && isSet(request))
    .map(({ field, what }) => ({
      field,
      description: `${accepts.name} has no ${what}. Leave the field out.`,
    }));
}

/** What a family has to accept for a field to mean something to it. */
interface FamilyField {
  readonly needs: keyof Accepts;
  readonly field: string;
  readonly what: string;
  readonly isSet: (request: CompleteRequest) => boolean;
}

const familyFields: readonly FamilyField[] = [
  { needs: "topP", field: "top_p", what: "top_p", isSet: ({ topP }) => topP !== undefined },
  { needs: "topK", field: "top_k", what: "top_k", isSet: ({ topK }) => topK !== undefined },
  { needs: "seed", field: "seed", what: "seed", isSet: ({ seed }) => seed !== undefined },
  { needs: "tools", field: "tools", what: "tools", isSet: ({ tools }) => tools.length > 0 },
  {
    needs: "tools",
    field: "tool_choice",
    what: "tools",
    isSet: ({ toolChoice }) => toolChoice !== undefined,
  },
  {
    needs: "jsonSchema",
    field: "response_format.json_schema",
    what: "JSON-schema answers",
    isSet: ({ responseFormat }) => responseFormat?.format.case === "jsonSchema",
  },
  {
    needs: "reasoning",
    field: "reasoning",
    what: "control of its reasoning",
    isSet: asksReasoning,
  },
  {
    needs: "systemCachePoint",
    field: "system_cache_point",
    what: "prompt cache",
    isSet: ({ systemCachePoint }) => systemCachePoint !== undefined,
  },
];

/** Fields that others of the family take and this model does not. */
function modelViolations(
  request: CompleteRequest,
  { traits, model }: Endpoint,
  accepts: Accepts,
): FieldViolation[] {
  const violations: FieldViolation[] = [];
  for (const field of traits.refuses) {
    if (!isOfRequest(field) || !isSet[field](request)) continue;
    const description = `${model} refuses it. Leave the field out.`;
    violations.push({ field: pathOf(field), description });
  }
  const cannotBeTold = traits.reasoning === undefined || traits.reasoning === "always";
  if (accepts.reasoning && cannotBeTold && asksReasoning(request)) {
    const description = `${model} cannot be told how much to reason. Leave the field out.`;
    violations.push({ field: "reasoning", description });
  }
  return violations;
}

type RequestField = Exclude<RefusableField, `messages.${string}`>;

/** How a request sets each field that a model may refuse. */
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

/** Blocks of messages are looked at by `blockViolations`. */
function isOfRequest(field: RefusableField): field is RequestField {
  return field in isSet;
}

/** A refusable field as a path of the contract. */
function pathOf(field: RequestField): string {
  return field === "reasoning.none" ? "reasoning.effort" : field;
}

/** An empty `reasoning` asks for nothing. */
function asksReasoning({ reasoning }: CompleteRequest): boolean {
  return !!reasoning?.effort || reasoning?.budgetTokens !== undefined;
}
