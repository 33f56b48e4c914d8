import { isJsonObject } from "../../json.ts";
import type { PromptMessage, PromptPart } from "../../prompt.ts";
import { invalid } from "../validation.ts";
import { readBlock } from "./read-blocks.ts";

/**
 * Reads `messages` of Converse or Nova: the user begins, roles alternate, nothing is blank, and every
 * tool use is answered by the next message.
 */
export function readConverseMessages(value: unknown): readonly PromptMessage[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw invalid("The messages field has no messages. Add a message, and try again.");
  }
  const messages = value.map(readMessage);
  if (messages[0]?.role !== "user") {
    throw invalid(
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
    );
  }
  for (const [index, message] of messages.entries()) {
    if (message.role === messages[index - 1]?.role) {
      throw invalid(
        "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
      );
    }
  }
  checkToolResults(messages);
  return messages;
}

/** Reads `system`, a list of text blocks and cache points. */
export function readConverseSystem(value: unknown): readonly PromptPart[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid("The system field is not a list.");
  return value.flatMap((block: unknown, index) => readBlock(block, `system.${index}`));
}

function readMessage(message: unknown, index: number): PromptMessage {
  const place = `messages.${index}`;
  const { role, content } = isJsonObject(message) ? message : {};
  if (role !== "user" && role !== "assistant") {
    throw invalid(
      `1 validation error detected: Value '${String(role)}' at '${place}.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]`,
    );
  }
  if (!Array.isArray(content) || content.length === 0) {
    throw invalid(
      `The content field in the Message object at ${place} is empty. Add a ContentBlock object to the content field and try again.`,
    );
  }
  const parts = content.flatMap((block: unknown, at) => readBlock(block, `${place}.content.${at}`));
  return { role, parts };
}

/** Every tool use has its result in the next message, and no result is without its use. */
function checkToolResults(messages: readonly PromptMessage[]): void {
  for (const [index, { parts }] of messages.entries()) {
    const used = idsOf(messages[index - 1]?.parts ?? [], "tool-use");
    const answered = idsOf(parts, "tool-result");
    const missing = used.filter((id) => !answered.includes(id));
    if (missing.length > 0) {
      throw invalid(
        `Expected toolResult blocks at messages.${index}.content for the following Ids: ${missing.join(", ")}`,
      );
    }
    if (answered.some((id) => !used.includes(id))) {
      throw invalid(
        `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
      );
    }
  }
}

function idsOf(parts: readonly PromptPart[], kind: "tool-use" | "tool-result"): readonly string[] {
  return parts.flatMap((part) => (part.kind === kind && "id" in part ? [part.id] : []));
}
