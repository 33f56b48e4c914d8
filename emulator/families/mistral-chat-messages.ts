import { invalid, malformed } from "../bedrock/validation.ts";
import { isJsonObject, type JsonObject, parseJson } from "../json.ts";
import { type PromptMessage, type PromptPart, type PromptTool, textParts } from "../prompt.ts";

/** A conversation of Mistral's chat form, taken apart. */
export interface ChatMessages {
  readonly system: readonly PromptPart[];
  readonly messages: readonly PromptMessage[];
}

/** Reads `messages`; results of tools have a role of their own and become the user's. */
export function readChatMessages(value: unknown): ChatMessages {
  if (!Array.isArray(value)) throw malformed(["#/messages: expected type: JSONArray"]);
  const system: PromptPart[] = [];
  const messages: PromptMessage[] = [];
  for (const [index, message] of value.entries()) {
    if (!isJsonObject(message)) throw malformed([`#/messages/${index}: expected type: JSONObject`]);
    const { role } = message;
    if (role === "system") system.push(...readContent(message.content));
    else if (role === "user") messages.push({ role, parts: readContent(message.content) });
    else if (role === "assistant") messages.push({ role, parts: readAssistant(message) });
    else if (role === "tool") messages.push({ role: "user", parts: [readResult(message)] });
    else throw malformed([`#/messages/${index}/role: ${String(role)} is not a valid enum value`]);
  }
  if (messages.length === 0) throw invalid("Expected last role User or Tool but got none");
  return { system, messages: joinResults(messages) };
}

/** Reads `tools`, a list of functions. */
export function readChatTools(value: unknown): readonly PromptTool[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw malformed(["#/tools: expected type: JSONArray"]);
  return value.map((tool: unknown, index) => {
    const called = isJsonObject(tool) ? tool.function : undefined;
    if (!isJsonObject(called) || typeof called.name !== "string") {
      throw malformed([`#/tools/${index}/function: required key [name] not found`]);
    }
    const { name, description, parameters } = called;
    return { name, description: String(description ?? ""), inputSchema: parameters ?? {} };
  });
}

function readContent(content: unknown): readonly PromptPart[] {
  if (typeof content === "string") return textParts(content);
  if (!Array.isArray(content)) return [];
  return content.flatMap((part: unknown): readonly PromptPart[] => {
    if (!isJsonObject(part)) return [];
    if (part.type === "text") return textParts(String(part.text));
    return part.type === "image_url" ? [readImage(part.image_url)] : [];
  });
}

/** An image is a `data:` URL, as a text or in an object. */
function readImage(value: unknown): PromptPart {
  const url = isJsonObject(value) ? value.url : value;
  const match = /^data:(image\/\w+);base64,([A-Za-z0-9+/]*={0,2})$/.exec(String(url));
  if (!match) throw invalid("Only images as data: URLs in base64 are supported.");
  const [, mediaType = "", base64 = ""] = match;
  return {
    kind: "media",
    medium: "image",
    mediaType,
    bytes: Buffer.byteLength(base64, "base64"),
  };
}

function readAssistant({ content, tool_calls: calls }: JsonObject): readonly PromptPart[] {
  const uses = Array.isArray(calls) ? calls.map(readCall) : [];
  return [...readContent(content), ...uses];
}

function readCall(call: unknown): PromptPart {
  const { id, function: called } = isJsonObject(call) ? call : {};
  if (!isJsonObject(called)) throw malformed(["#/tool_calls: required key [function] not found"]);
  const input = parseJson(String(called.arguments)) ?? called.arguments;
  return { kind: "tool-use", id: String(id), name: String(called.name), input };
}

function readResult({ tool_call_id: id, content }: JsonObject): PromptPart {
  const text = readContent(content).map((part) => ("text" in part ? part.text : ""));
  return { kind: "tool-result", id: String(id), text: text.join(""), isError: false };
}

/** Results that follow each other answer the same message, so they become one. */
function joinResults(messages: readonly PromptMessage[]): readonly PromptMessage[] {
  const isResult = (message: PromptMessage | undefined) =>
    message?.parts[0]?.kind === "tool-result";
  return messages.reduce<PromptMessage[]>((joined, message) => {
    const last = joined.at(-1);
    if (last && isResult(last) && isResult(message)) {
      joined[joined.length - 1] = { ...last, parts: [...last.parts, ...message.parts] };
    } else joined.push(message);
    return joined;
  }, []);
}
