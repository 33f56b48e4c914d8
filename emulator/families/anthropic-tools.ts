import { invalid } from "../bedrock/validation.ts";
import { isJsonObject } from "../json.ts";
import type { PromptMessage, PromptTool, ToolChoice } from "../prompt.ts";
import { readCacheControl } from "./anthropic-blocks.ts";

/** Reads `tools`; each has a name, and a schema of an object for its input. */
export function readTools(value: unknown): readonly PromptTool[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid("tools: Input should be a valid list");
  return value.map((tool: unknown, index) => {
    const place = `tools.${index}`;
    if (!isJsonObject(tool)) throw invalid(`${place}: Input should be a valid dictionary`);
    const { name, description = "", input_schema: inputSchema } = tool;
    if (typeof name !== "string" || !/^[a-zA-Z0-9_-]{1,128}$/.test(name)) {
      throw invalid(`${place}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    }
    if (!isJsonObject(inputSchema)) throw invalid(`${place}.custom.input_schema: Field required`);
    if (inputSchema.type !== "object") {
      throw invalid(`${place}.custom.input_schema.type: Input should be 'object'`);
    }
    const cacheTtl = readCacheControl(tool.cache_control, place);
    const described = { name, description: String(description), inputSchema };
    return cacheTtl ? { ...described, cacheTtl } : described;
  });
}

/** Reads `tool_choice`; one that forces a tool must find it. */
export function readToolChoice(value: unknown, tools: readonly PromptTool[]): ToolChoice {
  if (value === undefined) return { kind: "auto" };
  const { type, name, disable_parallel_tool_use: isSingle } = isJsonObject(value) ? value : {};
  if (tools.length === 0 && type !== "none") {
    throw invalid("tool_choice may only be specified while providing tools.");
  }
  if (type === "auto" || type === "any" || type === "none") {
    return { kind: type, isParallel: isSingle !== true };
  }
  if (type === "tool" && typeof name === "string") {
    if (tools.some((tool) => tool.name === name)) return { kind: "tool", name };
    throw invalid(`Tool '${name}' not found in provided tools`);
  }
  throw invalid(
    `tool_choice: Input tag '${String(type)}' found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'`,
  );
}

/** Messages that speak of tools must come with the tools. */
export function checkToolsGiven(
  messages: readonly PromptMessage[],
  tools: readonly PromptTool[],
): void {
  const speak = messages.some(({ parts }) => parts.some(({ kind }) => kind.startsWith("tool-")));
  if (speak && tools.length === 0) {
    throw invalid("Requests which include `tool_use` or `tool_result` blocks must define tools.");
  }
}
