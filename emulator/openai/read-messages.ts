import { isJsonObject, type JsonObject, parseJson } from "../json.ts";
import type { PromptMessage, PromptPart } from "../prompt.ts";
import { invalidRequest } from "./openai-error.ts";
import type { OpenAiModel } from "./openai-models.ts";
import { readParts } from "./read-parts.ts";
import { readList, wrongType } from "./request-fields.ts";

/** A conversation of Chat Completions, taken apart. */
export interface ChatConversation {
  readonly system: readonly PromptPart[];
  readonly messages: readonly PromptMessage[];
}

const roles = ["system", "developer", "user", "assistant", "tool", "function"];

/**
 * Reads `messages`. The messages of tools stand right behind the message whose calls they answer, one for each call;
 * they become parts of one message of the user's.
 */
export function readMessages(value: unknown, model: OpenAiModel): ChatConversation {
  const list = readList(value, "messages") ?? [];
  if (list.length === 0) {
    throw invalidRequest(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      {
        param: "messages",
        code: "empty_array",
      },
    );
  }
  const system: PromptPart[] = [];
  const messages: PromptMessage[] = [];
  const open = createOpenCalls();
  for (const [index, entry] of list.entries()) {
    const place = `messages[${index}]`;
    if (!isJsonObject(entry)) throw wrongType(place, "an object", entry);
    const role = readRole(entry, place);
    if (role === "tool") {
      open.answer(entry, place);
      addResult(messages, readResult(entry, place, model));
      continue;
    }
    open.checkAnswered(place);
    if (role === "system" || role === "developer") {
      system.push(...readParts(entry.content, `${place}.content`, model, ["text"]));
    } else if (role === "user") {
      messages.push({ role, parts: readParts(entry.content, `${place}.content`, model) });
    } else {
      const parts = readAssistant(entry, place, model);
      open.begin(parts);
      messages.push({ role: "assistant", parts });
    }
  }
  open.checkAnswered(`messages[${list.length}]`);
  return { system, messages };
}

function readRole({ role }: JsonObject, place: string): string {
  if (typeof role === "string" && roles.includes(role)) return role;
  const list = roles.map((each) => `'${each}'`).join(", ");
  throw invalidRequest(`Invalid value: '${String(role)}'. Supported values are: ${list}.`, {
    param: `${place}.role`,
    code: "invalid_value",
  });
}

function readAssistant(message: JsonObject, place: string, model: OpenAiModel): PromptPart[] {
  const calls = readList(message.tool_calls, `${place}.tool_calls`) ?? [];
  const content = message.content ?? undefined;
  if (content === undefined && calls.length === 0) {
    throw invalidRequest(`Invalid value for 'content': expected a string, got null.`, {
      param: `${place}.content`,
    });
  }
  const text =
    content === undefined ? [] : readParts(content, `${place}.content`, model, ["text", "refusal"]);
  return [...text, ...calls.map((call, at) => readCall(call, `${place}.tool_calls[${at}]`))];
}

function readCall(call: unknown, place: string): PromptPart {
  const { id, function: called } = isJsonObject(call) ? call : {};
  if (typeof id !== "string" || !isJsonObject(called)) {
    throw invalidRequest(`Missing required parameter: '${place}.id'.`, {
      param: `${place}.id`,
      code: "missing_required_parameter",
    });
  }
  const { name, arguments: input } = called;
  if (typeof name !== "string" || typeof input !== "string") {
    throw wrongType(`${place}.function.arguments`, "a string", input);
  }
  return { kind: "tool-use", id, name, input: parseJson(input) ?? input };
}

function readResult(message: JsonObject, place: string, model: OpenAiModel): PromptPart {
  const parts = readParts(message.content, `${place}.content`, model, ["text"]);
  const text = parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
  return { kind: "tool-result", id: String(message.tool_call_id), text, isError: false };
}

function addResult(messages: PromptMessage[], result: PromptPart): void {
  const last = messages.at(-1);
  if (last?.role === "user" && last.parts[0]?.kind === "tool-result") {
    messages[messages.length - 1] = { ...last, parts: [...last.parts, result] };
  } else messages.push({ role: "user", parts: [result] });
}

/** The calls of the message before that no tool has answered yet. */
function createOpenCalls() {
  let unanswered = new Set<string>();
  return {
    begin(parts: readonly PromptPart[]) {
      unanswered = new Set(parts.flatMap((part) => (part.kind === "tool-use" ? [part.id] : [])));
    },
    answer({ tool_call_id: id }: JsonObject, place: string) {
      if (unanswered.delete(String(id))) return;
      throw invalidRequest(
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        { param: `${place}.role` },
      );
    },
    checkAnswered(place: string) {
      if (unanswered.size === 0) return;
      throw invalidRequest(
        `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...unanswered].join(", ")}`,
        { param: `${place}.role` },
      );
    },
  };
}
