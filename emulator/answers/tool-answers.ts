import { isJsonObject, parseJson } from "../json.ts";
import type { Prompt, PromptTool } from "../prompt.ts";
import { breakSchema } from "./break-schema.ts";
import { sampleOfSchema } from "./sample-of-schema.ts";

/** A tool that the answer uses; its input as JSON text, which may be broken on demand. */
export interface ToolUse {
  readonly name: string;
  readonly json: string;
}

/** The tools that an answer uses, and the text before them. */
export interface ToolAnswer {
  readonly text: string;
  readonly uses: readonly ToolUse[];
}

const command = /^\s*(?:say "([^"]*)", then )?use tools? (\S[\s\S]*)$/i;

/**
 * The tool uses of an answer, if there are any: those that the question spells out, or one with a
 * sample input when the tool choice demands one. Tools that were not given are not used.
 */
export function answerWithTools(question: string, prompt: Prompt): ToolAnswer | undefined {
  const { tools = [], toolChoice = { kind: "auto" } } = prompt;
  if (tools.length === 0 || toolChoice.kind === "none") return undefined;
  const isForced = toolChoice.kind === "any" || toolChoice.kind === "tool";
  if (!isForced && toolResults(prompt).length > 0) return undefined;
  const spelled = readCommand(question, tools);
  const allowed = toolChoice.kind === "tool" ? toolChoice.name : undefined;
  const uses = spelled?.uses.filter(({ name }) => allowed === undefined || name === allowed) ?? [];
  if (uses.length > 0) {
    const isParallel = toolChoice.kind === "tool" || toolChoice.isParallel !== false;
    return { text: spelled?.text ?? "", uses: isParallel ? uses : uses.slice(0, 1) };
  }
  const tool = tools.find(({ name }) => allowed === undefined || name === allowed);
  return isForced && tool ? { text: "", uses: [sampleUse(question, tool)] } : undefined;
}

/** What the answer says to the tool results in the last message; nothing when there are none. */
export function answerToolResults(prompt: Prompt): string {
  return toolResults(prompt)
    .map(({ isError, text }) => `The tool ${isError ? "failed" : "answered"}: ${text}.`)
    .join(" ");
}

function toolResults({ messages }: Prompt) {
  const last = messages.at(-1);
  if (last?.role !== "user") return [];
  return last.parts.filter((part) => part.kind === "tool-result");
}

function sampleUse(question: string, { name, inputSchema }: PromptTool): ToolUse {
  if (isBreakJson(question)) return { name, json: brokenJson };
  const input = isBreakSchema(question) ? breakSchema(inputSchema) : sampleOfSchema(inputSchema);
  return { name, json: JSON.stringify(isJsonObject(input) ? input : {}) };
}

/** The text that is JSON of a schema, or of none when the question asks for that. */
export function answerOfSchema(question: string, { answerSchema }: Prompt): string {
  if (isBreakJson(question)) return brokenJson;
  const isBroken = isBreakSchema(question);
  return JSON.stringify(isBroken ? breakSchema(answerSchema) : sampleOfSchema(answerSchema));
}

const brokenJson = '{"broken": "the end is miss';
const isBreakSchema = (question: string) => /^\s*break the schema\.?\s*$/i.test(question);
const isBreakJson = (question: string) => /^\s*break the json\.?\s*$/i.test(question);

function readCommand(question: string, tools: readonly PromptTool[]): ToolAnswer | undefined {
  const match = command.exec(question);
  if (!match) return undefined;
  const [, text = "", list = ""] = match;
  const uses: ToolUse[] = [];
  let rest = list;
  for (;;) {
    const next = /^\s*(?:and\s+)?([\w.:-]+) with (?=\{)/i.exec(rest);
    const name = next?.[1];
    if (!next || !tools.some((tool) => tool.name === name)) break;
    const json = leadingObject(rest.slice(next[0].length));
    if (name === undefined || json === undefined) break;
    uses.push({ name, json });
    rest = rest.slice(next[0].length + json.length);
  }
  return uses.length > 0 ? { text, uses } : undefined;
}

/** The JSON object at the beginning of a text, as it is written there. */
function leadingObject(text: string): string | undefined {
  let depth = 0;
  let isString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isString) {
      if (character === "\\") at += 1;
      else if (character === '"') isString = false;
      continue;
    }
    if (character === '"') isString = true;
    if (character === "{") depth += 1;
    if (character !== "}") continue;
    depth -= 1;
    if (depth > 0) continue;
    const json = text.slice(0, at + 1);
    return parseJson(json) === undefined ? undefined : json;
  }
  return undefined;
}
