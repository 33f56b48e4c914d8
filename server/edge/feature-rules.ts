import {
  type CompleteRequest,
  type Guardrail,
  LatencyProfile,
  ReasoningEffort,
  type ReasoningOptions,
  ServiceTier,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { FieldViolation } from "../core/error.ts";
import { cachePointViolations } from "./conversation-rules.ts";
import { choiceViolations, isLonger, nameForm, nameRule, violation } from "./violation.ts";

const mostTools = 128;
const leastReasoningTokens = 1024;
const oneOfItsKinds = "Must have one of its kinds set.";

/** What the contract says about everything that is more than text, checked. */
export function featureViolations(request: CompleteRequest): FieldViolation[] {
  const { guardrail, reasoning, systemCachePoint } = request;
  return [
    ...toolViolations(request),
    ...toolChoiceViolations(request),
    ...formatViolations(request),
    ...(reasoning ? reasoningViolations(reasoning, request.maxTokens) : []),
    ...(guardrail ? guardrailViolations(guardrail) : []),
    ...(systemCachePoint ? cachePointViolations(systemCachePoint, "system_cache_point") : []),
    ...choiceViolations("service_tier", request.serviceTier, ServiceTier),
    ...choiceViolations("latency_profile", request.latencyProfile, LatencyProfile),
  ];
}

function toolViolations({ tools }: CompleteRequest): FieldViolation[] {
  const found: FieldViolation[] = [];
  if (tools.length > mostTools) found.push(violation("tools", `At most ${mostTools}.`));
  for (const [index, { name, inputSchema }] of tools.entries()) {
    if (!nameForm.test(name)) found.push(violation(`tools[${index}].name`, nameRule));
    if (inputSchema?.type !== undefined && inputSchema.type !== "object") {
      found.push(violation(`tools[${index}].input_schema`, 'Its "type" must be "object".'));
    }
  }
  if (new Set(tools.map(({ name }) => name)).size < tools.length) {
    found.push(violation("tools", "Names must differ."));
  }
  return found;
}

function toolChoiceViolations({ toolChoice, tools }: CompleteRequest): FieldViolation[] {
  if (!toolChoice) return [];
  const { choice } = toolChoice;
  if (!choice.case) return [violation("tool_choice", oneOfItsKinds)];
  if (choice.case === "any" && tools.length === 0) {
    return [violation("tool_choice.any", "There are no tools to choose from. Set tools.")];
  }
  if (choice.case === "toolName" && !tools.some(({ name }) => name === choice.value)) {
    return [violation("tool_choice.tool_name", "Must be the name of one of the tools.")];
  }
  return [];
}

function formatViolations({ responseFormat }: CompleteRequest): FieldViolation[] {
  if (!responseFormat) return [];
  const { format } = responseFormat;
  if (!format.case) return [violation("response_format", oneOfItsKinds)];
  if (format.case !== "jsonSchema") return [];
  const path = "response_format.json_schema";
  const found: FieldViolation[] = [];
  if (!nameForm.test(format.value.name)) found.push(violation(`${path}.name`, nameRule));
  if (!format.value.schema) found.push(violation(`${path}.schema`, "Must be set."));
  return found;
}

function reasoningViolations(
  { effort, budgetTokens }: ReasoningOptions,
  maxTokens: number | undefined,
): FieldViolation[] {
  const found = choiceViolations("reasoning.effort", effort, ReasoningEffort);
  if (budgetTokens === undefined) return found;
  const field = "reasoning.budget_tokens";
  if (effort !== ReasoningEffort.UNSPECIFIED) {
    found.push(violation("reasoning", "Set either effort or budget_tokens, not both."));
  }
  if (budgetTokens < leastReasoningTokens) {
    found.push(violation(field, `Must be at least ${leastReasoningTokens}.`));
  }
  if (maxTokens !== undefined && budgetTokens >= maxTokens) {
    found.push(violation(field, "Must be less than max_tokens, which counts reasoning too."));
  }
  return found;
}

function guardrailViolations({ id, version }: Guardrail): FieldViolation[] {
  const found: FieldViolation[] = [];
  if (id === "" || isLonger(id, 2048)) {
    found.push(violation("guardrail.id", "Must be the guardrail's id or ARN."));
  }
  if (!/^(?:DRAFT|[1-9]\d{0,7})$/.test(version)) {
    found.push(violation("guardrail.version", "Must be a number from 1, or DRAFT."));
  }
  return found;
}
