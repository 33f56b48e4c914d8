import type { JsonObject } from "@bufbuild/protobuf";
import type { CompleteRequest } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { GatewayError } from "../../../core/error.ts";
import type { PlannedTool, ToolPlan } from "../../codec-parts/tool-plan.ts";
import { cachePointBlock } from "./converse-blocks.ts";

/** What is special about the tools of a model. */
export interface ToolRules {
  /** Whether the prefix that may be cached can end behind the tools. */
  readonly cachesTools: boolean;
  /** A tool's schema as the model takes it. */
  readonly schemaOf: (schema: JsonObject) => JsonObject;
}

/** `system` of Converse and of Nova's own body. */
export function converseSystem({ system, systemCachePoint }: CompleteRequest) {
  if (system === "") return undefined;
  const text = { text: system };
  if (!systemCachePoint) return [text];
  return [text, cachePointBlock(systemCachePoint, "system_cache_point")];
}

/** `toolConfig` of Converse and of Nova's own body (AWS: ToolConfiguration). */
export function toolConfigOf(plan: ToolPlan, request: CompleteRequest, rules: ToolRules) {
  if (plan.choice?.kind === "none") refuseNone(request);
  const isOffered = plan.choice?.kind !== "none" && plan.tools.length > 0;
  const cache = cacheOfTools(request, isOffered && rules.cachesTools);
  if (!isOffered) return undefined;
  const tools = [...plan.tools.map((tool) => toolSpec(tool, rules)), ...cache];
  const toolChoice = toolChoiceOf(plan);
  return toolChoice ? { tools, toolChoice } : { tools };
}

function toolSpec({ name, description, schema }: PlannedTool, { schemaOf }: ToolRules) {
  const inputSchema = { json: schemaOf(schema) };
  return { toolSpec: description ? { name, description, inputSchema } : { name, inputSchema } };
}

/** `auto` is what Converse does unasked. One tool alone is forced by `any`, which more models know than a name. */
function toolChoiceOf({ choice, tools }: ToolPlan) {
  if (!choice || choice.kind === "auto" || choice.kind === "none") return undefined;
  return choice.kind === "tool" && tools.length > 1 ? { tool: { name: choice.name } } : { any: {} };
}

/** Converse has no such choice: the tools are not sent, which it refuses where the conversation has used some. */
function refuseNone({ messages }: CompleteRequest): void {
  const isUsed = messages.some(({ content }) =>
    content.some(({ block }) => block.case === "toolUse" || block.case === "toolResult"),
  );
  if (!isUsed) return;
  const description =
    "This model must be offered the tools that the conversation has used. Ask for auto.";
  throw GatewayError.invalid({ field: "tool_choice.none", description });
}

/** Tools stand before `system` in what is cached, so without one the point goes behind them. */
function cacheOfTools({ system, systemCachePoint }: CompleteRequest, canCache: boolean) {
  const field = "system_cache_point";
  if (!systemCachePoint || system !== "") return [];
  if (canCache) return [cachePointBlock(systemCachePoint, field)];
  throw GatewayError.invalid({ field, description: "There is nothing to cache. Set system." });
}
