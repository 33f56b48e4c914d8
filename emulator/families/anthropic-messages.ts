import { BedrockException } from "../bedrock-exception.ts";
import { isJsonObject } from "../json.ts";
import { type PromptMessage, type PromptPart, textOf, textParts } from "../prompt.ts";

/**
 * Reads `messages`: the first is the user's, none is empty, and neighbours of one role are allowed,
 * as Anthropic merges them. Blocks that are not text are accepted and count nothing.
 */
export function readMessages(value: unknown): readonly PromptMessage[] {
  if (!Array.isArray(value)) throw refused("messages: Input should be a valid list");
  if (value.length === 0) throw refused("messages: at least one message is required");
  const messages = value.map(readMessage);
  if (messages[0]?.role !== "user") {
    throw refused('messages: first message must use the "user" role');
  }
  const last = messages.at(-1);
  if (last?.role === "assistant" && /\s$/.test(textOf(last.parts))) {
    throw refused("messages: final assistant content cannot end with trailing whitespace");
  }
  return messages;
}

/** Reads `system`, a text or a list of text blocks; a missing one is empty. */
export function readSystem(value: unknown): readonly PromptPart[] {
  return value === undefined ? [] : textParts(readContent(value, "system"));
}

function readMessage(message: unknown, index: number): PromptMessage {
  const place = `messages.${index}`;
  if (!isJsonObject(message)) throw refused(`${place}: Input should be a valid dictionary`);
  const { role, content } = message;
  if (role !== "user" && role !== "assistant") {
    throw refused(`${place}.role: Input should be 'user' or 'assistant'`);
  }
  return { role, parts: textParts(readContent(content, `${place}.content`)) };
}

function readContent(content: unknown, place: string): string {
  if (content === undefined) throw refused(`${place}: Field required`);
  if (typeof content === "string") return readText(content, place);
  if (!Array.isArray(content)) throw refused(`${place}: Input should be a valid string or list`);
  if (content.length === 0) throw refused(`${place}: at least one content block is required`);
  return content.map((block, index) => readBlock(block, `${place}.${index}`)).join("");
}

function readBlock(block: unknown, place: string): string {
  if (!isJsonObject(block) || typeof block.type !== "string") {
    throw refused(`${place}.type: Field required`);
  }
  if (block.type !== "text") return "";
  if (typeof block.text !== "string")
    throw refused(`${place}.text: Input should be a valid string`);
  return readText(block.text, place);
}

function readText(text: string, place: string): string {
  if (text.trim() === "") throw refused(`${place}: text content blocks must be non-empty`);
  return text;
}

function refused(message: string): BedrockException {
  return new BedrockException("ValidationException", { message });
}
