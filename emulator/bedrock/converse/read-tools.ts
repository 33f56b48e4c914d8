import { isJsonObject, type JsonObject } from "../../json.ts";
import type { CacheTtl, PromptMessage, PromptTool, ToolChoice } from "../../prompt.ts";
import { invalid } from "../validation.ts";

/** The tools of a request and the choice among them. */
export interface ConverseTools {
  readonly tools: readonly PromptTool[];
  readonly toolChoice: ToolChoice;
}

/** Reads `toolConfig` of Converse or Nova; messages that speak of tools must come with it. */
export function readToolConfig(config: unknown, messages: readonly PromptMessage[]): ConverseTools {
  if (config === undefined) {
    if (messages.some(({ parts }) => parts.some(({ kind }) => kind.startsWith("tool-")))) {
      throw invalid(
        "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
      );
    }
    return { tools: [], toolChoice: { kind: "auto" } };
  }
  const { tools: list, toolChoice } = isJsonObject(config) ? config : {};
  if (!Array.isArray(list) || list.length === 0) {
    throw invalid(
      "1 validation error detected: Value at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  }
  const tools = readTools(list);
  return { tools, toolChoice: readToolChoice(toolChoice, tools) };
}

/** A cache point in the list belongs to the tool before it. */
function readTools(list: readonly unknown[]): readonly PromptTool[] {
  const tools: PromptTool[] = [];
  for (const [index, entry] of list.entries()) {
    const { toolSpec, cachePoint, systemTool } = isJsonObject(entry) ? entry : {};
    const last = tools.at(-1);
    if (isJsonObject(toolSpec)) tools.push(readToolSpec(toolSpec, index));
    else if (isJsonObject(cachePoint) && last) {
      const cacheTtl: CacheTtl = cachePoint.ttl === "1h" ? "1h" : "5m";
      tools[tools.length - 1] = { ...last, cacheTtl };
    } else if (!isJsonObject(systemTool)) {
      throw invalid(`The tool at toolConfig.tools.${index} is of an unknown kind.`);
    }
  }
  return tools;
}

function readToolSpec({ name, description, inputSchema }: JsonObject, index: number): PromptTool {
  const place = `toolConfig.tools.${index}.member.toolSpec`;
  if (typeof name !== "string" || !/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
    throw invalid(
      `1 validation error detected: Value '${String(name)}' at '${place}.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+`,
    );
  }
  const schema = isJsonObject(inputSchema) ? inputSchema.json : undefined;
  if (!isJsonObject(schema) || schema.type !== "object") {
    throw invalid(
      "The value at toolConfig.tools." +
        `${index}.toolSpec.inputSchema.json.type must be one of the following: object.`,
    );
  }
  return { name, description: String(description ?? ""), inputSchema: schema };
}

function readToolChoice(choice: unknown, tools: readonly PromptTool[]): ToolChoice {
  if (choice === undefined) return { kind: "auto" };
  const { auto, any, tool } = isJsonObject(choice) ? choice : {};
  if (auto !== undefined) return { kind: "auto" };
  if (any !== undefined) return { kind: "any" };
  const name = isJsonObject(tool) ? tool.name : undefined;
  if (typeof name === "string" && tools.some((each) => each.name === name)) {
    return { kind: "tool", name };
  }
  throw invalid(`The tool choice names no tool of the request: ${JSON.stringify(choice)}`);
}
