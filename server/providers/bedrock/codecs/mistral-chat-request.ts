import { createHash } from "node:crypto";
import {
  type CompleteRequest,
  type ContentBlock,
  type Message,
  Role,
  type Tool,
  type ToolResultBlock,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { textOf } from "./text-turns.ts";

/** The messages of a conversation, the system's first (AWS: Mistral AI chat completion). */
export function mistralMessages({ system, messages }: CompleteRequest): object[] {
  const opening = system === "" ? [] : [{ role: "system", content: system }];
  return [...opening, ...messages.flatMap(messageOf)];
}

/**
 * The tools and the rule for them. A rule names no tool here; to make the model use a certain one, it is given no other
 * and must use one.
 */
export function mistralTools({ tools, toolChoice }: CompleteRequest) {
  if (tools.length === 0) return {};
  const { choice } = toolChoice ?? {};
  if (choice?.case !== "toolName") {
    return { tools: tools.map(toolOf), tool_choice: choice?.case };
  }
  const named = tools.filter(({ name }) => name === choice.value);
  return { tools: named.map(toolOf), tool_choice: "any" };
}

/**
 * The id of a tool use as Mistral's models take it back: exactly nine letters and digits (mistral-common: "Tool call id
 * was … but must be a-z, A-Z, 0-9, with a length of 9"). Other ids, from another model or longer ones of Bedrock's own,
 * become nine that always are the same for the same id.
 */
export function mistralToolId(id: string): string {
  if (/^[a-zA-Z0-9]{9}$/.test(id)) return id;
  const digest = createHash("sha256").update(id).digest("hex");
  return BigInt(`0x${digest}`).toString(36).slice(-9);
}

function messageOf({ role, content }: Message): object[] {
  return role === Role.ASSISTANT ? assistantMessage(content) : userMessages(content);
}

/** Reasoning is left out: these models are not given their own back. */
function assistantMessage(content: readonly ContentBlock[]): object[] {
  const calls = content.flatMap(({ block }) => {
    if (block.case !== "toolUse") return [];
    const { id, name, input = {} } = block.value;
    const call = { name, arguments: JSON.stringify(input) };
    return [{ id: mistralToolId(id), type: "function", function: call }];
  });
  const text = textOf(content);
  if (text === "" && calls.length === 0) return [];
  return [{ role: "assistant", content: text, tool_calls: calls.length > 0 ? calls : undefined }];
}

/** Each result of a tool is a message of its own, in front of what the user says beside it. */
function userMessages(content: readonly ContentBlock[]): object[] {
  const results = content.flatMap(({ block }) =>
    block.case === "toolResult" ? [toolMessage(block.value)] : [],
  );
  const text = textOf(content);
  return text === "" ? results : [...results, { role: "user", content: text }];
}

/** The form has no mark for a tool that failed, so the text says it. */
function toolMessage({ toolUseId, content, isError }: ToolResultBlock): object {
  const text = textOf(content);
  return {
    role: "tool",
    tool_call_id: mistralToolId(toolUseId),
    content: isError ? `Error: ${text}` : text,
  };
}

function toolOf({ name, description, inputSchema }: Tool): object {
  const parameters = inputSchema ?? { type: "object", properties: {} };
  return {
    type: "function",
    function: { name, description: description || undefined, parameters },
  };
}
