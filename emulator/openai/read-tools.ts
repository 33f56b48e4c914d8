import { isJsonObject, type JsonObject } from "../json.ts";
import type { PromptTool, ToolChoice } from "../prompt.ts";
import { invalidRequest } from "./openai-error.ts";
import { readList } from "./request-fields.ts";

/** The tools of a request and the choice among them. */
export interface ChatTools {
  readonly tools: readonly PromptTool[];
  readonly toolChoice: ToolChoice;
}

/** Reads `tools`, `tool_choice` and `parallel_tool_calls`. */
export function readTools(body: JsonObject): ChatTools {
  const list = readList(body.tools, "tools");
  if (list?.length === 0) {
    throw invalidRequest(
      "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      {
        param: "tools",
        code: "empty_array",
      },
    );
  }
  const tools = (list ?? []).map(readTool);
  for (const param of ["tool_choice", "parallel_tool_calls"]) {
    if (tools.length === 0 && body[param] !== undefined && body[param] !== null) {
      throw invalidRequest(
        `Invalid value for '${param}': '${param}' is only allowed when 'tools' are specified.`,
        { param },
      );
    }
  }
  const isParallel = body.parallel_tool_calls !== false;
  return { tools, toolChoice: readChoice(body.tool_choice ?? "auto", tools, isParallel) };
}

function readTool(tool: unknown, index: number): PromptTool {
  const place = `tools[${index}]`;
  const called = isJsonObject(tool) ? tool.function : undefined;
  if (!isJsonObject(tool) || tool.type !== "function" || !isJsonObject(called)) {
    throw invalidRequest(`Missing required parameter: '${place}.function'.`, {
      param: `${place}.function`,
      code: "missing_required_parameter",
    });
  }
  const { name, description, parameters = { type: "object", properties: {} } } = called;
  if (typeof name !== "string" || !/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
    throw invalidRequest(
      `Invalid '${place}.function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
      { param: `${place}.function.name`, code: "invalid_value" },
    );
  }
  if (!isJsonObject(parameters) || parameters.type !== "object") {
    const type = isJsonObject(parameters) ? String(parameters.type) : "None";
    throw invalidRequest(
      `Invalid schema for function '${name}': schema must be a JSON Schema of 'type: "object"', got 'type: "${type}"'.`,
      { param: `${place}.function.parameters`, code: "invalid_function_parameters" },
    );
  }
  return { name, description: String(description ?? ""), inputSchema: parameters };
}

const words: ReadonlyMap<unknown, "auto" | "any" | "none"> = new Map([
  ["auto", "auto"],
  ["required", "any"],
  ["none", "none"],
]);

function readChoice(
  choice: unknown,
  tools: readonly PromptTool[],
  isParallel: boolean,
): ToolChoice {
  const kind = words.get(choice);
  if (kind) return { kind, isParallel };
  const called = isJsonObject(choice) && choice.type === "function" ? choice.function : undefined;
  const name = isJsonObject(called) ? called.name : undefined;
  if (typeof name === "string" && tools.some((tool) => tool.name === name)) {
    return { kind: "tool", name };
  }
  throw invalidRequest(`Tool choice '${String(name ?? choice)}' not found in 'tools' parameter.`, {
    param: "tool_choice",
  });
}
