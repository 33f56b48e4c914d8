import type { JsonObject } from "@bufbuild/protobuf";
import type { CompleteRequest, Tool } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../core/call.ts";
import { GatewayError } from "../../core/error.ts";
import type { JsonAnswer } from "./json-answer.ts";
import { asksForReasoning } from "./reasoning-wish.ts";

/** A tool as providers want it. */
export interface PlannedTool {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonObject;
}

/** Whether and which tool must be used. */
export type PlannedChoice =
  | { readonly kind: "auto" | "any" | "none" }
  | { readonly kind: "tool"; readonly name: string };

/** What a request says about tools, and the tool that stands for an answer in JSON. */
export interface ToolPlan {
  readonly tools: readonly PlannedTool[];
  readonly choice: PlannedChoice | undefined;
  /** The tool whose arguments are the answer. */
  readonly answerTool: string | undefined;
}

/**
 * The tools to offer. An answer in JSON by a tool adds one, made of the schema, that must be used; beside tools of the
 * caller the model must use either. Where nothing can be forced the model is left the choice: reasoning excludes it
 * (Anthropic: Extended thinking with tool use), and some models refuse it.
 */
export function planTools(
  request: CompleteRequest,
  endpoint: Endpoint,
  answer: JsonAnswer | undefined,
): ToolPlan {
  const choice = choiceOf(request);
  const tools = request.tools.map(plannedTool);
  if (answer?.by !== "tool") {
    return { tools, choice: tools.length > 0 ? choice : undefined, answerTool: undefined };
  }
  refuseContradictions(request, answer);
  const offered = choice?.kind === "none" ? [] : tools;
  const wanted: PlannedChoice =
    offered.length === 0 ? { kind: "tool", name: answer.name } : { kind: "any" };
  return {
    tools: [...offered, answerTool(answer)],
    choice: forced(wanted, request, endpoint),
    answerTool: answer.name,
  };
}

function choiceOf({ toolChoice }: CompleteRequest): PlannedChoice | undefined {
  const choice = toolChoice?.choice;
  if (!choice?.case) return undefined;
  return choice.case === "toolName" ? { kind: "tool", name: choice.value } : { kind: choice.case };
}

function plannedTool({ name, description, inputSchema }: Tool): PlannedTool {
  return { name, description, schema: { type: "object", ...inputSchema } };
}

function answerTool({ name, schema }: JsonAnswer): PlannedTool {
  const description = "Gives the final answer. Always answer by using this tool, never in text.";
  return { name, description, schema: { type: "object", ...schema } };
}

/** One tool alone that must be used is the same as some tool that must be used. */
function forced(
  wanted: PlannedChoice,
  request: CompleteRequest,
  { traits: { refuses } }: Endpoint,
): PlannedChoice {
  if (asksForReasoning(request)) return { kind: "auto" };
  if (wanted.kind === "tool" && !refuses.has("tool_choice.tool_name")) return wanted;
  return refuses.has("tool_choice.any") ? { kind: "auto" } : { kind: "any" };
}

function refuseContradictions({ tools, toolChoice }: CompleteRequest, answer: JsonAnswer): void {
  const path = "response_format.json_schema";
  const choice = toolChoice?.choice.case;
  if (choice === "any" || choice === "toolName") {
    const field = choice === "any" ? "tool_choice.any" : "tool_choice.tool_name";
    const description = `Contradicts ${path}: this model gives such an answer through a tool of its own. Leave one of the two out.`;
    throw GatewayError.invalid({ field, description });
  }
  if (tools.some(({ name }) => name === answer.name)) {
    const description =
      "Must not be the name of one of the tools: the model is given the schema as one more tool.";
    throw GatewayError.invalid({ field: `${path}.name`, description });
  }
  if (answer.schema.type !== undefined && answer.schema.type !== "object") {
    const description =
      'Its "type" must be "object": this model gives such an answer as the arguments of a tool.';
    throw GatewayError.invalid({ field: `${path}.schema`, description });
  }
}
