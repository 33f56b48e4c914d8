import {
  type CompleteRequest,
  type ContentBlock,
  ReasoningEffort,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../core/call.ts";
import { type FieldViolation, GatewayError } from "../core/error.ts";
import type { RefusableField } from "../core/model-traits.ts";
import type { Accepts, BlockKind } from "./accepts.ts";

/** Refuses, before anything is sent, every field that the endpoint's family or model cannot be asked. */
export function checkRequest(request: CompleteRequest, endpoint: Endpoint, accepts: Accepts): void {
  const violations = [
    ...samplingViolations(request, accepts),
    ...lengthViolations(request, endpoint),
    ...featureViolations(request, accepts),
    ...blockViolations(request, accepts),
    ...modelViolations(request, endpoint),
  ];
  if (violations.length > 0) throw GatewayError.invalid(...violations.slice(0, mostViolations));
}

const mostViolations = 20;

/** The field is set, and the family has nothing of the kind. */
function absent(field: string, name: string, what: string): FieldViolation {
  return { field, description: `${name} has no ${what}. Leave the field out.` };
}

function samplingViolations(request: CompleteRequest, accepts: Accepts): FieldViolation[] {
  const { temperature, topP, topK, seed, stopSequences } = request;
  const { name } = accepts;
  const found: FieldViolation[] = [];
  if (temperature !== undefined && temperature > accepts.temperature) {
    const description = `${name} takes 0 to ${accepts.temperature}.`;
    found.push({ field: "temperature", description });
  }
  if (topP !== undefined && !accepts.topP) found.push(absent("top_p", name, "top_p"));
  if (topK !== undefined && !accepts.topK) found.push(absent("top_k", name, "top_k"));
  if (seed !== undefined && !accepts.seed) found.push(absent("seed", name, "seed"));
  if (stopSequences.length > accepts.stopSequences) {
    const description = `${name} takes at most ${accepts.stopSequences}.`;
    found.push({ field: "stop_sequences", description });
  }
  return found;
}

function lengthViolations(
  { maxTokens = 0 }: CompleteRequest,
  { maxOutputTokens, model }: Endpoint,
): FieldViolation[] {
  if (maxOutputTokens === undefined || maxTokens <= maxOutputTokens) return [];
  const description = `${model} writes at most ${maxOutputTokens} tokens. Ask for that many or fewer.`;
  return [{ field: "max_tokens", description }];
}

function featureViolations(request: CompleteRequest, accepts: Accepts): FieldViolation[] {
  const { name } = accepts;
  const wantsSchema = request.responseFormat?.format.case === "jsonSchema";
  const found: FieldViolation[] = [];
  if (request.tools.length > 0 && !accepts.tools) found.push(absent("tools", name, "tools"));
  if (request.toolChoice && !accepts.tools) found.push(absent("tool_choice", name, "tools"));
  if (wantsSchema && !accepts.jsonSchema) {
    found.push(absent("response_format.json_schema", name, "JSON-schema answers"));
  }
  if (request.reasoning && !accepts.reasoning) {
    found.push(absent("reasoning", name, "control over its reasoning"));
  }
  if (request.systemCachePoint && !accepts.systemCachePoint) {
    found.push(absent("system_cache_point", name, "prompt cache"));
  }
  return found;
}

function blockViolations({ messages }: CompleteRequest, accepts: Accepts): FieldViolation[] {
  return messages.flatMap(({ content }, turn) =>
    content.flatMap(({ block }, at) => {
      if (block.case === undefined || accepts.blocks.has(block.case)) return [];
      const field = `messages[${turn}].content[${at}].${snakeCase(block.case)}`;
      const what = snakeCase(block.case).replaceAll("_", " ");
      return [{ field, description: `${accepts.name} takes no ${what} blocks. Leave it out.` }];
    }),
  );
}

function modelViolations(request: CompleteRequest, { traits, model }: Endpoint): FieldViolation[] {
  if (traits.refuses.size === 0) return [];
  return fieldsSetIn(request)
    .filter((field) => traits.refuses.has(field))
    .map((field) => ({ field, description: `${model} refuses it. Leave the field out.` }));
}

/** Which of the fields that models may refuse a request sets. */
function fieldsSetIn(request: CompleteRequest): RefusableField[] {
  const { reasoning, toolChoice } = request;
  const has = (kind: BlockKind) => request.messages.some(({ content }) => hasBlock(content, kind));
  const set: Record<RefusableField, boolean> = {
    temperature: request.temperature !== undefined,
    top_p: request.topP !== undefined,
    top_k: request.topK !== undefined,
    seed: request.seed !== undefined,
    stop_sequences: request.stopSequences.length > 0,
    system: request.system !== "",
    tools: request.tools.length > 0,
    "tool_choice.any": toolChoice?.choice.case === "any",
    "tool_choice.tool_name": toolChoice?.choice.case === "toolName",
    "messages.image": has("image"),
    "messages.document": has("document"),
    "messages.cache_point": has("cachePoint"),
    system_cache_point: request.systemCachePoint !== undefined,
    "response_format.json_schema": request.responseFormat?.format.case === "jsonSchema",
    "reasoning.none": reasoning?.effort === ReasoningEffort.NONE,
    "reasoning.effort": (reasoning?.effort ?? 0) > ReasoningEffort.NONE,
    "reasoning.budget_tokens": reasoning?.budgetTokens !== undefined,
    latency_profile: request.latencyProfile !== 0,
    service_tier: request.serviceTier !== 0,
  };
  return (Object.keys(set) as RefusableField[]).filter((field) => set[field]);
}

/** Tool results hold blocks of their own. */
function hasBlock(content: readonly ContentBlock[], kind: BlockKind): boolean {
  return content.some(
    ({ block }) =>
      block.case === kind || (block.case === "toolResult" && hasBlock(block.value.content, kind)),
  );
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
